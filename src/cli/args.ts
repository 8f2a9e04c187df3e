/**
 * Command-line arguments -> what was asked for.
 *
 * Knows the grammar, not the pipeline: whether a stage of that name exists is another module's question. Every mistake is
 * reported, not only the first.
 */
import { parseArgs } from 'node:util';
import type { PreprocessingName } from '../backbone/preprocessing.ts';
import type { BackendChoice } from '../base/backends.ts';
import { closest } from '../base/did-you-mean.ts';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { COMMAND_NAMES, type CommandName, commandNamed, flagsOf } from './commands.ts';
import { FLAGS, type Flag, type FlagName, flagNamed } from './flags.ts';

export type Invocation =
  | { readonly kind: 'help'; readonly command: CommandName | null }
  | { readonly kind: 'version' }
  | {
      readonly kind: 'command';
      readonly command: CommandName;
      readonly operands: readonly string[];
      readonly options: Options;
    };

/** Every flag of every command; those a command does not have keep the value that means "not given". */
export interface Options {
  readonly only: boolean;
  readonly force: boolean;
  readonly dry: boolean;
  /** null: not given. */
  readonly jobs: number | null;
  readonly keepGoing: boolean;
  readonly set: readonly Setting[];
  /** As given; empty: not given, which means `main`. */
  readonly experiments: readonly string[];
  readonly all: boolean;
  readonly json: boolean;
  readonly file: string | null;
  readonly quiet: boolean;
  readonly noColor: boolean;
  readonly format: 'text' | 'mermaid' | 'dot';
  readonly keepRuns: number | null;
  readonly check: boolean;
  readonly names: 'stage' | 'experiment' | null;
  readonly backend: BackendChoice | null;
  readonly python: string | null;
  /** Seconds; null: not given. */
  readonly timeout: number | null;
  readonly as: string | null;
  readonly sha256: string | null;
  readonly network: string | null;
  readonly preprocessing: PreprocessingName | null;
  readonly out: string | null;
  readonly markdown: string | null;
  readonly html: string | null;
  readonly csv: string | null;
  readonly latex: string | null;
  readonly reference: string | null;
  readonly metric: string | null;
  readonly name: string | null;
  readonly rerun: boolean;
  readonly sample: number | null;
  readonly twice: boolean;
  readonly sandbox: boolean;
  readonly junit: string | null;
  readonly summary: string | null;
  readonly github: boolean;
}

/** `--set PATH=TEXT`. The text is YAML, not read yet: most invocations need no YAML parser. */
export interface Setting {
  readonly path: string;
  readonly text: string;
}

/** Names people coming from DVC type first. */
const DVC_COMMANDS: Readonly<Record<string, CommandName>> = { repro: 'run', metrics: 'diff' };

/** Reads the arguments after `pipe`. */
export function parseCommandLine(argv: readonly string[]): Result<Invocation, readonly Problem[]> {
  const [first, ...rest] = argv;
  if (first === undefined || first === '--help' || first === '-h') return ok({ kind: 'help', command: null });
  if (first === '--version' || first === '-V') return ok({ kind: 'version' });
  if (first === 'help') {
    const about = rest[0];
    if (about === undefined) return ok({ kind: 'help', command: null });
    return isCommand(about) ? ok({ kind: 'help', command: about }) : fail([unknownCommand(about)]);
  }
  if (!isCommand(first)) return fail([first.startsWith('-') ? flagBeforeCommand(first) : unknownCommand(first)]);
  return parseCommand(first, rest);
}

function parseCommand(command: CommandName, args: readonly string[]): Result<Invocation, readonly Problem[]> {
  const options = Object.fromEntries(
    Object.values(FLAGS).map((each: Flag) => [
      each.name,
      {
        type: each.type === 'switch' ? ('boolean' as const) : ('string' as const),
        ...(each.short === undefined ? {} : { short: each.short }),
      },
    ]),
  );
  const { tokens } = parseArgs({
    args: [...args],
    options: { ...options, help: { type: 'boolean', short: 'h' } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const problems: Problem[] = [];
  const given = new Map<string, string[]>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    if (token.name === 'help') return ok({ kind: 'help', command });
    const fault = faultOfFlag(command, token);
    if (fault !== null) problems.push(fault);
    else given.set(token.name, [...(given.get(token.name) ?? []), token.value ?? '']);
  }
  problems.push(...faultsOfOperands(command, operands), ...contradictions(given));
  if (problems.length > 0) return fail(problems);
  return ok({ kind: 'command', command, operands, options: toOptions(given) });
}

interface FlagToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function faultOfFlag(command: CommandName, token: FlagToken): Problem | null {
  const flag = flagsOf(command).find((each) => each.name === token.name);
  if (flag === undefined) return unknownFlag(command, token);
  if (flag.type === 'switch') {
    if (token.value === undefined) return null;
    return problem('E0903', `\`${token.rawName}\` takes no value, found \`${token.value}\``, { hint: flag.example });
  }
  const value = token.value ?? '';
  // `--jobs --dry` is a forgotten value; `--file=--odd` is not.
  if (value.trim() === '' || (token.inlineValue !== true && value.length > 1 && value.startsWith('-'))) {
    return problem('E0903', `\`${token.rawName}\` needs a value`, {
      expected: flag.value ?? 'a value',
      hint: flag.example,
    });
  }
  if (flag.type === 'count' && !/^[1-9][0-9]{0,5}$/.test(value)) {
    return problem('E0904', `\`${token.rawName}\` is \`${value}\``, {
      expected: 'a whole number, at least 1',
      hint: flag.example,
    });
  }
  if (flag.choices !== undefined && !flag.choices.includes(value)) {
    return problem('E0904', `\`${token.rawName}\` is \`${value}\``, {
      expected: oneOf(flag.choices),
      hint: flag.example,
    });
  }
  if (flag.name === 'set' && !/^[^=]+=/.test(value)) {
    return problem('E0904', `\`--set ${value}\` gives no value`, { expected: 'PATH=VALUE', hint: flag.example });
  }
  return null;
}

function unknownFlag(command: CommandName, token: FlagToken): Problem {
  const elsewhere = COMMAND_NAMES.find((name) => flagsOf(name).some((each) => each.name === token.name));
  if (elsewhere !== undefined) {
    return problem('E0902', `\`pipe ${command}\` has no flag \`${token.rawName}\`; \`pipe ${elsewhere}\` has`, {
      hint: `pipe ${command} --help`,
    });
  }
  const near = closest(
    token.name,
    flagsOf(command).map((each) => each.name),
  );
  return problem('E0902', `\`pipe ${command}\` has no flag \`${token.rawName}\``, {
    hint:
      near === null ? `pipe ${command} --help` : `did you mean \`--${near}\`? ${flagNamed(near as FlagName).example}`,
  });
}

function faultsOfOperands(command: CommandName, operands: readonly string[]): readonly Problem[] {
  const { operand } = commandNamed(command);
  const least = operand?.least ?? 0;
  const most = operand?.most ?? 0;
  const hint = commandNamed(command).examples[0] ?? `pipe ${command}`;
  if (operands.length < least) return [problem('E0905', `\`pipe ${command}\` needs a ${operand?.name}`, { hint })];
  if (operands.length > most) {
    const expected = most === 0 ? 'nothing' : `at most ${most} ${operand?.name}`;
    return [
      problem('E0905', `\`pipe ${command}\` was given ${operands.map((each) => `\`${each}\``).join(' ')}`, {
        expected,
        hint,
      }),
    ];
  }
  const choices = operand?.choices;
  if (choices === undefined) return [];
  return operands
    .filter((each) => !choices.includes(each))
    .map((each) => problem('E0904', `${operand?.name} is \`${each}\``, { expected: oneOf(choices), hint }));
}

const EXCLUSIVE: readonly (readonly [FlagName, FlagName])[] = [
  ['experiment', 'all'],
  ['quiet', 'json'],
  ['rerun', 'twice'],
  ['sample', 'twice'],
];

function contradictions(given: ReadonlyMap<string, unknown>): readonly Problem[] {
  return EXCLUSIVE.filter(([a, b]) => given.has(a) && given.has(b)).map(([a, b]) =>
    problem('E0906', `\`--${a}\` and \`--${b}\` were both given`, {
      expected: 'one of them',
      hint: flagNamed(a).example,
    }),
  );
}

function toOptions(given: ReadonlyMap<string, readonly string[]>): Options {
  const has = (name: FlagName) => given.has(name);
  const last = (name: FlagName) => given.get(name)?.at(-1) ?? null;
  const count = (name: FlagName) => (has(name) ? Number(last(name)) : null);
  return {
    only: has('only'),
    force: has('force'),
    dry: has('dry'),
    jobs: count('jobs'),
    keepGoing: has('keep-going'),
    set: (given.get('set') ?? []).map(toSetting),
    experiments: [...new Set(given.get('experiment') ?? [])],
    all: has('all'),
    json: has('json'),
    file: last('file'),
    quiet: has('quiet'),
    noColor: has('no-color'),
    format: (last('format') ?? 'text') as Options['format'],
    keepRuns: count('keep-runs'),
    check: has('check'),
    names: last('names') as Options['names'],
    rerun: has('rerun'),
    sample: count('sample'),
    twice: has('twice'),
    sandbox: has('sandbox'),
    junit: last('junit'),
    summary: last('summary'),
    github: has('github'),
    backend: last('backend') as Options['backend'],
    python: last('python'),
    timeout: count('timeout'),
    as: last('as'),
    sha256: last('sha256'),
    network: last('network'),
    preprocessing: last('preprocessing') as Options['preprocessing'],
    out: last('out'),
    markdown: last('markdown'),
    html: last('html'),
    csv: last('csv'),
    latex: last('latex'),
    reference: last('reference'),
    metric: last('metric'),
    name: last('name'),
  };
}

function toSetting(text: string): Setting {
  const split = text.indexOf('=');
  return { path: text.slice(0, split).trim(), text: text.slice(split + 1) };
}

function isCommand(name: string): name is CommandName {
  return (COMMAND_NAMES as readonly string[]).includes(name);
}

function unknownCommand(name: string): Problem {
  const near = DVC_COMMANDS[name] ?? closest(name, COMMAND_NAMES);
  return problem('E0901', `there is no command \`${name}\``, {
    expected: oneOf(COMMAND_NAMES),
    hint: near === null ? 'pipe --help' : `did you mean \`${near}\`? pipe ${near}`,
  });
}

function flagBeforeCommand(flag: string): Problem {
  return problem('E0901', `a command comes first, found \`${flag}\``, {
    expected: oneOf(COMMAND_NAMES),
    hint: `pipe run ${flag}`,
  });
}

function oneOf(choices: readonly string[]): string {
  return `one of ${choices.map((each) => `\`${each}\``).join(', ')}`;
}
