/** For tests: a runner in a process of its own, to be killed. Arguments: state folder, working folder, mark, command. */
import { openExecutor } from '../open-executor.ts';

const [stateFolder = '', cwd = '', mark = '', command = ''] = process.argv.slice(2);
const executor = openExecutor({ stateFolder, hostScript: '', root: cwd });
const unit = { kind: 'cmd', commands: [command], cwd, env: { RIG: mark }, log: `${cwd}/log` } as const;
await executor.run(unit, () => {}, new AbortController().signal);
await executor.close();
