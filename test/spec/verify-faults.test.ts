/** `pipe verify` catches each way in which a stage can depend on more than its key says: one stage for each, run once for all. */
import os from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HAS_BWRAP, HAS_STRACE } from '../support/helper-programs.ts';
import { TestProject } from '../support/project.ts';
import { type Verified, verify } from '../support/verify.ts';

const NAMES = Array.from({ length: 12 }, (_, each) => `data/${'qwertzuiopas'[each]}.txt`);

const PROJECT = {
  'pipeline.yaml': `
stages:
  clean: { cmd: cat data/*.txt | sort > clean.txt, deps: [data], outs: [clean.txt] }
  clean-js: { uses: clean, from: { text: clean } }
  time: { cmd: date +%s%N > time.txt, outs: [time.txt] }
  day: { cmd: date +%F > day.txt, outs: [day.txt] }
  random: { cmd: 'echo $RANDOM $RANDOM $RANDOM > random.txt', outs: [random.txt] }
  random-js: { uses: random }
  process-id: { cmd: 'echo $$ > pid.txt', outs: [pid.txt] }
  file-order: { cmd: ls -U data > order.txt, deps: [data], outs: [order.txt] }
  file-order-js: { uses: order, with: { data: data } }
  undeclared-file: { cmd: cat secret.txt > copy.txt, outs: [copy.txt] }
  undeclared-files: { cmd: 'ls > listing.txt', outs: [listing.txt] }
  variable: { cmd: 'echo "flavour $FLAVOUR" > flavour.txt', outs: [flavour.txt] }
  declared-variable: { cmd: 'echo "$FLAVOUR" > declared.txt', env: [FLAVOUR], outs: [declared.txt] }
  folder: { cmd: pwd > folder.txt, outs: [folder.txt] }
  race:
    cmd: |
      (for i in {1..3000}; do echo a; done & for i in {1..3000}; do echo b; done & wait) > race.txt
    outs: [race.txt]
  processors: { cmd: nproc > processors.txt, outs: [processors.txt] }
  threads-js: { uses: threads }
  host: { cmd: hostname > host.txt, outs: [host.txt] }
`,
  'secret.txt': 'secret\n',
  'stages/clean.js':
    "import fs from 'node:fs'; export default async ({ inputs, outputs }) => fs.writeFileSync(outputs.output, fs.readFileSync(inputs.text, 'utf8').toUpperCase());",
  'stages/random.js':
    "import fs from 'node:fs'; export default async ({ outputs }) => { fs.mkdirSync(outputs.output); fs.writeFileSync(outputs.output + '/same.json', '{}'); fs.writeFileSync(outputs.output + '/weights.json', JSON.stringify({ layer: [1, Math.random()] })); };",
  'stages/order.js':
    "import fs from 'node:fs'; export default async ({ inputs, outputs }) => { const folder = fs.opendirSync(inputs.data); let names = ''; for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) names += entry.name + '\\n'; folder.closeSync(); fs.writeFileSync(outputs.output, names); };",
  'schemas/stages/order.schema.json': JSON.stringify({
    type: 'object',
    properties: { data: { type: 'string', 'x-path': true } },
  }),
  'stages/threads.js':
    "import fs from 'node:fs'; export default async ({ outputs, threads }) => fs.writeFileSync(outputs.output, String(threads));",
  ...Object.fromEntries(NAMES.map((name) => [name, `${name}\n`])),
};

let project: TestProject;
let rerun: Verified;
let twice: Verified;

beforeAll(() => {
  project = new TestProject(PROJECT);
  const run = project.json(['run'], { FLAVOUR: 'sweet' });
  if (run.code !== 0) throw new Error(run.stdout + run.stderr);
  rerun = verify(project, ['--rerun'], { FLAVOUR: 'sweet' });
  twice = verify(project, ['--twice', 'day', 'random', 'race', 'host', 'clean']);
});

afterAll(() => project.destroy());

/** Stage, and the file in which it shows. */
const FAULTS: readonly (readonly [string, string, string])[] = [
  ['the time', 'time', 'time.txt'],
  ['the date', 'day', 'day.txt'],
  ['chance', 'random', 'random.txt'],
  ['chance, in a stage written in JavaScript', 'random-js', 'output/weights.json'],
  ['the process id', 'process-id', 'pid.txt'],
  ['the order in which a folder lists its files', 'file-order', 'order.txt'],
  ['the order in which a folder lists its files, in JavaScript', 'file-order-js', 'output'],
  ['which other files lie in the project', 'undeclared-files', 'listing.txt'],
  ['an environment variable', 'variable', 'flavour.txt'],
  ['the working folder', 'folder', 'folder.txt'],
  ['a race', 'race', 'race.txt'],
  ['the number of threads', 'threads-js', 'output'],
];

test.each(FAULTS)('a stage that depends on %s does not give its recorded result again', (_what, stage, file) => {
  expect(rerun.codes[stage]).toEqual(['E1310']);
  expect(rerun.checks[stage]?.problems[0]?.path).toBe(file);
  const [difference] = rerun.checks[stage]?.differences ?? [];
  expect(difference?.how.length).toBeGreaterThan(0);
});

test('a stage that reads a file it does not declare fails where the file is not', () => {
  expect(rerun.codes['undeclared-file']).toEqual(['E1311']);
  expect(rerun.checks['undeclared-file']?.logTail.join()).toContain('secret.txt');
});

test.skipIf(os.availableParallelism() === 1)('a stage that depends on the number of processors is caught', () => {
  expect(rerun.codes.processors).toEqual(['E1310']);
});

test.skipIf(!HAS_BWRAP)("a stage that depends on the host's name is caught", () => {
  expect(rerun.codes.host).toEqual(['E1310']);
  expect(twice.codes.host).toEqual(['E1315']);
});

test('stages without a fault pass beside the others, with the variables they declare', () => {
  expect(rerun.statuses).toMatchObject({ clean: 'ok', 'clean-js': 'ok', 'declared-variable': 'ok' });
  expect(rerun.code).toBe(3);
});

test('two runs of a stage differ in the output that depends on something else', () => {
  expect(twice.code).toBe(3);
  const { host: _host, ...codes } = twice.codes;
  expect(codes).toEqual({
    '': [],
    clean: [],
    day: ['E1315'],
    random: ['E1315'],
    race: ['E1315'],
  });
  expect(twice.checks.random?.differences).toMatchObject([{ output: 'random.txt', file: '' }]);
});

test('running stages again changes nothing in the project', () => {
  expect(project.json(['status'], { FLAVOUR: 'sweet' }).code).toBe(0);
  expect(project.read('day.txt')).toMatch(/^\d{4}-\d\d-\d\d\n$/);
});

test.skipIf(!HAS_BWRAP || !HAS_STRACE)('the sandbox names every file that a stage reads and does not declare', () => {
  const sandboxed = new TestProject({
    'pipeline.yaml': `
stages:
  honest: { cmd: cat data/a.txt > honest.txt, deps: [data], outs: [honest.txt] }
  reads: { cmd: 'cat data/a.txt data/b.txt settings/x.ini > reads.txt; true', deps: [data/a.txt], outs: [reads.txt] }
  asks: { cmd: 'test -f flag && echo yes > asks.txt || echo no > asks.txt', outs: [asks.txt] }
  far: { cmd: 'cat ROOT/settings/x.ini > far.txt || true', outs: [far.txt] }
  home: { cmd: 'cat OTHER/notes.txt > home.txt || true', outs: [home.txt] }
  honest-js: { uses: reader, from: { text: honest } }
  reads-js: { uses: sneaky, from: { text: honest } }
  net: { cmd: '(exec 3<>/dev/tcp/127.0.0.1/9); echo done > net.txt', outs: [net.txt] }
`,
    'data/a.txt': 'a\n',
    'data/b.txt': 'b\n',
    'settings/x.ini': 'x\n',
    flag: '',
    'stages/reader.js':
      "import fs from 'node:fs'; export default async ({ inputs, outputs }) => fs.copyFileSync(inputs.text, outputs.output);",
    'stages/sneaky.js':
      "import fs from 'node:fs'; export default async ({ inputs, outputs }) => { let text = 'none'; try { text = fs.readFileSync('settings/x.ini', 'utf8'); } catch {} fs.writeFileSync(outputs.output, text); };",
  });
  const other = new TestProject({ 'notes.txt': 'notes\n' });
  try {
    const pipeline = sandboxed.read('pipeline.yaml').replace('ROOT', sandboxed.root).replace('OTHER', other.root);
    sandboxed.write('pipeline.yaml', pipeline);
    expect(sandboxed.json(['run']).code).toBe(0);
    const found = verify(sandboxed, ['--sandbox']);
    const reads = Object.fromEntries(
      Object.entries(found.checks).map(([stage, check]) => [
        stage,
        check.problems.filter((each) => each.code === 'E1321').map((each) => each.path),
      ]),
    );
    expect(reads).toEqual({
      honest: [],
      'honest-js': [],
      reads: ['data/b.txt', 'settings/x.ini'],
      asks: ['flag'],
      far: ['settings/x.ini'],
      home: [`${other.root}/notes.txt`],
      'reads-js': ['settings/x.ini'],
      net: [],
    });
    expect(found.codes.net).toContain('E1323');
    expect(found.statuses).toMatchObject({ honest: 'ok', 'honest-js': 'ok', reads: 'failed', asks: 'failed' });
  } finally {
    sandboxed.destroy();
    other.destroy();
  }
});
