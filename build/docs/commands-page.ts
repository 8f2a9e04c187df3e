/** docs/reference/commands.md, made from the command table. */
import { COMMAND_NAMES, type CommandName, commandNamed, flagsOf } from '../../src/cli/commands.ts';
import { type Flag, flagNamed, GLOBAL_FLAGS } from '../../src/cli/flags.ts';
import { flagForm, usageLine } from '../../src/cli/help.ts';

export function commandsPage(): string {
  return `${[
    '# Commands',
    '',
    'Made from the program by `npm run docs`; `pipe COMMAND --help` prints the same.',
    '',
    'Results go to stdout, progress and problems to stderr. Exit codes: 0 done, 1 a stage failed, 2 usage or configuration, 3 not up to date, 130 interrupted.',
    '',
    ...table(
      'Command',
      COMMAND_NAMES.map((name) => [`[\`pipe ${name}\`](#pipe-${name})`, commandNamed(name).summary]),
    ),
    '',
    'Every command has these flags:',
    '',
    ...table(
      'Flag',
      GLOBAL_FLAGS.map((name) => flagRow(flagNamed(name))),
    ),
    ...COMMAND_NAMES.flatMap(section),
  ].join('\n')}\n`;
}

function section(name: CommandName): readonly string[] {
  const command = commandNamed(name);
  const own = flagsOf(name).slice(0, command.flags.length);
  return [
    '',
    `## pipe ${name}`,
    '',
    `\`${usageLine(name)}\`: ${command.summary}.`,
    '',
    command.details,
    ...(command.operand === undefined
      ? []
      : ['', ...table('Argument', [[`\`${command.operand.name}\``, command.operand.description]])]),
    ...(own.length === 0 ? [] : ['', ...table('Flag', own.map(flagRow))]),
    '',
    '```sh',
    ...command.examples,
    '```',
  ];
}

function flagRow(flag: Flag): readonly [string, string] {
  return [`\`${flagForm(flag)}\``, flag.description];
}

function table(head: string, rows: readonly (readonly [string, string])[]): readonly string[] {
  return [`| ${head} | |`, '|---|---|', ...rows.map(([left, right]) => `| ${left} | ${right} |`)];
}
