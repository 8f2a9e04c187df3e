/** `pipe types`: types for the schemas of a user's own stages, so that their run functions are checked by the compiler. */
import path from 'node:path';
import { problem } from '../base/problem.ts';
import { fail, ok } from '../base/result.ts';
import { jsonLine } from '../report/json-lines.ts';
import type { CommandRun, ExitCode } from './command.ts';
import { type TypesOutcome, writeSchemaTypes } from './schema-types.ts';

const SCHEMAS = 'schemas/stages';
const TYPES = 'schemas/generated';

export const types: CommandRun = async ({ root, options }) => {
  const outcome = await writeSchemaTypes({
    schemas: path.join(root, SCHEMAS),
    target: path.join(root, TYPES),
    command: 'pipe types',
    check: options.check,
  });
  if (!outcome.ok) {
    const { schema, message } = outcome.failure;
    return fail([
      problem('E0908', `no types can be made from \`${SCHEMAS}/${schema}\`: ${message}`, {
        path: `${SCHEMAS}/${schema}`,
      }),
    ]);
  }
  const { changed } = outcome.value;
  if (options.json) process.stdout.write(jsonLine({ event: 'types', check: options.check, ...outcome.value }));
  else if (!options.quiet) process.stdout.write(describe(outcome.value, options.check));
  return ok<ExitCode>(options.check && changed.length > 0 ? 3 : 0);
};

function describe({ schemas, changed }: TypesOutcome, check: boolean): string {
  if (schemas === 0)
    return `no schemas in ${SCHEMAS}/: one named STAGE.schema.json describes the params of \`stages/STAGE\`\n`;
  const lines = changed.map((each) => `${check ? 'out of date' : 'wrote'} ${TYPES}/${each}`);
  return lines.length > 0 ? `${lines.join('\n')}\n` : `types are up to date: ${TYPES}/\n`;
}
