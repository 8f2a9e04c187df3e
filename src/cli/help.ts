/** Help as text, made from the command table alone. */
import { COMMAND_NAMES, type Command, type CommandName, commandNamed, flagsOf } from './commands.ts';
import { type Flag, flagNamed, GLOBAL_FLAGS } from './flags.ts';

/** Help for one command, or, without one, for the program. */
export function helpText(command: CommandName | null): string {
  return command === null ? generalHelp() : commandHelp(command);
}

/** What `pipe --help` prints. */
export function generalHelp(): string {
  const commands = COMMAND_NAMES.map((name) => [name, commandNamed(name).summary] as const);
  return lines([
    'pipe: runs the stages of pipeline.yaml whose inputs changed, keeps every result',
    '',
    'usage: pipe COMMAND [ARGUMENTS]',
    '',
    'commands:',
    ...columns(commands),
    '',
    'flags of every command:',
    ...columns(GLOBAL_FLAGS.map((name) => flagRow(flagNamed(name)))),
    '',
    'exit codes: 0 done, 1 a stage failed, 2 usage or configuration, 3 not up to date, 130 interrupted',
    '',
    'more: pipe COMMAND --help',
  ]);
}

/** What `pipe NAME --help` prints. */
export function commandHelp(name: CommandName): string {
  const command = commandNamed(name);
  const { operand } = command;
  return lines([
    `pipe ${name}: ${command.summary}`,
    '',
    `usage: ${usageLine(name)}`,
    '',
    command.details,
    '',
    ...(operand === undefined ? [] : ['arguments:', ...columns([[operand.name, operand.description]]), '']),
    'flags:',
    ...columns([...flagsOf(name).map(flagRow), ['-h, --help', 'print this']]),
    '',
    'examples:',
    ...command.examples.map((each) => `  ${each}`),
  ]);
}

/** `pipe why STAGE [FLAGS]` */
export function usageLine(name: CommandName): string {
  const { operand }: Command = commandNamed(name);
  if (operand === undefined) return `pipe ${name} [FLAGS]`;
  const word = operand.name.toUpperCase();
  const repeated = operand.most > 1 ? `${word}…` : word;
  return `pipe ${name} ${operand.least === 0 ? `[${repeated}]` : repeated} [FLAGS]`;
}

/** How a flag is written: `-j, --jobs N`. */
export function flagForm(flag: Flag): string {
  const short = flag.short === undefined ? '' : `-${flag.short}, `;
  return `${short}--${flag.name}${flag.value === undefined ? '' : ` ${flag.value}`}`;
}

function flagRow(flag: Flag): readonly [string, string] {
  return [flagForm(flag), flag.description];
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

function lines(parts: readonly string[]): string {
  return `${parts.join('\n')}\n`;
}
