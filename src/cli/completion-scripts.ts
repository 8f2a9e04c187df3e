/**
 * Completion scripts for shells, made from the command table.
 *
 * Commands and flags stand in the script; names of stages and experiments are asked of `pipe` itself at each Tab, because they
 * change with the pipeline file.
 */
import { COMMAND_NAMES, type CommandName, commandNamed, flagsOf, type Operand } from './commands.ts';
import type { Flag } from './flags.ts';

export function bashScript(): string {
  const commands = COMMAND_NAMES.map((name) => {
    const flags = [...flagsOf(name).map((flag) => `--${flag.name}`), '--help'].join(' ');
    return `    ${name}) [[ $word == -* ]] && _pipe_words "${flags}" || ${bashWords(name)} ;;`;
  });
  const values = valueFlags().map((flag) => `    ${formsOf(flag).join('|')}) ${bashValues(flag)}; return ;;`);
  return `# bash completion for pipe: source <(pipe completion bash)
_pipe_words() { COMPREPLY=($(compgen -W "$1" -- "$word")); }
_pipe_files() { COMPREPLY=($(compgen -f -- "$word")); }
# Names come from a file: they are quoted, never expanded.
_pipe_names() {
  local name quoted
  while IFS= read -r name; do
    [[ $name == "$word"* ]] || continue
    printf -v quoted %q "$name"
    COMPREPLY+=("$quoted")
  done < <(pipe completion --names "$1" 2>/dev/null)
}
_pipe() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    _pipe_words "${COMMAND_NAMES.join(' ')}"
    return
  fi
  case "$before" in
${values.join('\n')}
  esac
  case "\${COMP_WORDS[1]}" in
${commands.join('\n')}
  esac
}
complete -F _pipe pipe
`;
}

/** zsh runs bash completion functions by itself. */
export function zshScript(): string {
  return `# zsh completion for pipe: source <(pipe completion zsh)
autoload -U +X bashcompinit && bashcompinit
${bashScript()}`;
}

export function fishScript(): string {
  const lines = ['# fish completion for pipe: pipe completion fish | source', 'complete -c pipe -f'];
  for (const name of COMMAND_NAMES) {
    lines.push(`complete -c pipe -n __fish_use_subcommand -a ${name} -d ${quoted(commandNamed(name).summary)}`);
    const inside = `complete -c pipe -n '__fish_seen_subcommand_from ${name}'`;
    const words = fishWords(name);
    if (words !== null) lines.push(`${inside} -a '${words}'`);
    for (const flag of flagsOf(name)) {
      const short = flag.short === undefined ? '' : ` -s ${flag.short}`;
      lines.push(`${inside} -l ${flag.name}${short}${fishValue(flag)} -d ${quoted(flag.description)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** The call that completes what may follow a command. */
function bashWords(name: CommandName): string {
  const operand: Operand | undefined = commandNamed(name).operand;
  if (operand?.choices !== undefined) return `_pipe_words "${operand.choices.join(' ')}"`;
  return operand?.names === undefined ? ':' : `_pipe_names ${operand.names}`;
}

/** The call that completes the value of a flag. */
function bashValues(flag: Flag): string {
  if (flag.choices !== undefined) return `_pipe_words "${flag.choices.join(' ')}"`;
  return flag.names === 'file' ? '_pipe_files' : `_pipe_names ${flag.names}`;
}

/** What fish offers after a command; a command substitution is split by lines and not expanded. */
function fishWords(name: CommandName): string | null {
  const operand: Operand | undefined = commandNamed(name).operand;
  if (operand?.choices !== undefined) return operand.choices.join(' ');
  return operand?.names === undefined ? null : `(${namesCommand(operand.names)})`;
}

function namesCommand(kind: string): string {
  return `pipe completion --names ${kind} 2>/dev/null`;
}

/** Flags with a value that can be completed. */
function valueFlags(): readonly Flag[] {
  const all = new Map(COMMAND_NAMES.flatMap((name) => flagsOf(name).map((flag) => [flag.name, flag] as const)));
  return [...all.values()].filter((flag) => flag.choices !== undefined || flag.names !== undefined);
}

function formsOf(flag: Flag): readonly string[] {
  return [`--${flag.name}`, ...(flag.short === undefined ? [] : [`-${flag.short}`])];
}

function fishValue(flag: Flag): string {
  if (flag.type === 'switch') return '';
  if (flag.choices !== undefined) return ` -x -a '${flag.choices.join(' ')}'`;
  if (flag.names === 'file') return ' -r -F';
  return flag.names === undefined ? ' -x' : ` -x -a '(${namesCommand(flag.names)})'`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
