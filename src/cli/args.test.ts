import { expect, test } from 'vitest';
import { type Invocation, type Options, parseCommandLine } from './args.ts';
import { COMMAND_NAMES, flagsOf } from './commands.ts';
import { FLAGS, type Flag } from './flags.ts';
import { commandHelp, generalHelp } from './help.ts';

function accepted(line: string): Invocation {
  const result = parseCommandLine(line === '' ? [] : line.split(' '));
  if (!result.ok) throw new Error(result.failure.map((each) => each.message).join('; '));
  return result.value;
}

function options(line: string): Options {
  const invocation = accepted(line);
  if (invocation.kind !== 'command') throw new Error(`not a command: ${line}`);
  return invocation.options;
}

function refused(...argv: string[]) {
  const result = parseCommandLine(argv);
  if (result.ok) throw new Error(`accepted: ${argv.join(' ')}`);
  return result.failure;
}

test('a command takes its targets and flags in any order', () => {
  expect(accepted('run train --jobs 2 split --only')).toMatchObject({
    kind: 'command',
    command: 'run',
    operands: ['train', 'split'],
    options: { jobs: 2, only: true, force: false },
  });
});

test('--set may be repeated, and only its first equals sign separates', () => {
  expect(options('run --set a.b=1 -S params.yaml:x=y=z').set).toEqual([
    { path: 'a.b', text: '1' },
    { path: 'params.yaml:x', text: 'y=z' },
  ]);
});

test('an experiment named twice counts once', () => {
  expect(options('run --experiment a -e b --experiment a').experiments).toEqual(['a', 'b']);
});

test('what follows two dashes is a target even if it looks like a flag', () => {
  expect(accepted('run -- --odd')).toMatchObject({ operands: ['--odd'] });
});

test('flags that are not given keep the value that means so', () => {
  expect(options('run')).toEqual({
    only: false,
    force: false,
    dry: false,
    jobs: null,
    keepGoing: false,
    set: [],
    experiments: [],
    all: false,
    json: false,
    file: null,
    quiet: false,
    noColor: false,
    format: 'text',
    keepRuns: null,
    check: false,
    names: null,
    backend: null,
    python: null,
    timeout: null,
    as: null,
    sha256: null,
    network: null,
    preprocessing: null,
    out: null,
    markdown: null,
    html: null,
    csv: null,
    latex: null,
    reference: null,
    metric: null,
    name: null,
    rerun: false,
    sample: null,
    twice: false,
    sandbox: false,
    junit: null,
    summary: null,
    github: false,
  });
});

test('E0901: an unknown command is refused, with the nearest one', () => {
  expect(refused('rnu')).toMatchObject([
    { code: 'E0901', message: 'there is no command `rnu`', hint: 'did you mean `run`? pipe run' },
  ]);
  expect(refused('repro')).toMatchObject([{ code: 'E0901', hint: 'did you mean `run`? pipe run' }]);
  expect(refused('--jobs', '2')).toMatchObject([{ code: 'E0901' }]);
  expect(refused('help', 'frobnicate')).toMatchObject([{ code: 'E0901' }]);
});

test('E0902: an unknown flag is refused, with the nearest one of the command', () => {
  expect(refused('run', '--job', '2')).toMatchObject([
    { code: 'E0902', hint: 'did you mean `--jobs`? pipe run --jobs 2' },
  ]);
  expect(refused('status', '--jobs', '2')).toMatchObject([
    { code: 'E0902', message: '`pipe status` has no flag `--jobs`; `pipe run` has' },
  ]);
  expect(refused('run', '-z')).toMatchObject([{ code: 'E0902', hint: 'pipe run --help' }]);
});

test('E0903: a flag without its value is refused, also when another flag follows', () => {
  expect(refused('run', '--jobs')).toMatchObject([{ code: 'E0903', message: '`--jobs` needs a value' }]);
  expect(refused('run', '--jobs', '--dry')).toMatchObject([{ code: 'E0903' }]);
  expect(refused('run', '--file=')).toMatchObject([{ code: 'E0903' }]);
  expect(refused('run', '--dry=yes')).toMatchObject([
    { code: 'E0903', message: '`--dry` takes no value, found `yes`' },
  ]);
});

test('E0904: a value of the wrong kind is refused', () => {
  for (const jobs of ['0', '1.5', 'many', '1e3'])
    expect(refused('run', '--jobs', jobs)).toMatchObject([{ code: 'E0904' }]);
  expect(refused('dag', '--format', 'png')).toMatchObject([
    { code: 'E0904', expected: 'one of `text`, `mermaid`, `dot`' },
  ]);
  expect(refused('run', '--set', 'copies')).toMatchObject([{ code: 'E0904', expected: 'PATH=VALUE' }]);
  expect(refused('completion', 'csh')).toMatchObject([{ code: 'E0904' }]);
});

test('E0905: too few and too many names are refused', () => {
  expect(refused('why')).toMatchObject([
    { code: 'E0905', message: '`pipe why` needs a stage', hint: 'pipe why train' },
  ]);
  expect(refused('why', 'a', 'b')).toMatchObject([{ code: 'E0905', expected: 'at most 1 stage' }]);
  expect(refused('gc', 'a')).toMatchObject([{ code: 'E0905', expected: 'nothing' }]);
});

test('E0906: flags that contradict each other are refused', () => {
  expect(refused('run', '--all', '--experiment', 'a')).toMatchObject([{ code: 'E0906' }]);
});

test('every mistake is reported, not only the first', () => {
  expect(refused('run', '--jbos=2', '--format', 'x', '--jobs', '0').map((each) => each.code)).toEqual([
    'E0902',
    'E0902',
    'E0904',
  ]);
});

test('help is given by flag, by command and for nothing at all', () => {
  expect(accepted('')).toEqual({ kind: 'help', command: null });
  expect(accepted('run --dry --help')).toEqual({ kind: 'help', command: 'run' });
  expect(accepted('help gc')).toEqual({ kind: 'help', command: 'gc' });
  expect(accepted('--version')).toEqual({ kind: 'version' });
});

test('help names every command, and of each command every flag', () => {
  const all = generalHelp();
  for (const name of COMMAND_NAMES) {
    expect(all).toContain(`  ${name} `);
    for (const flag of flagsOf(name)) expect(commandHelp(name)).toContain(`--${flag.name}`);
  }
});

test('every flag belongs to a command, and its example is accepted', () => {
  for (const flag of Object.values(FLAGS) as Flag[]) {
    expect(COMMAND_NAMES.some((name) => flagsOf(name).includes(flag))).toBe(true);
    accepted(flag.example.replace(/^pipe /, ''));
  }
});
