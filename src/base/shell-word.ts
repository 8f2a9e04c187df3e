/** Names inside commands that people are told to paste. */

/** The text as one word of a POSIX shell: as it is where that is safe, else quoted. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A name as an operand of this program: one that looks like a flag comes after `--`. */
export function operandWord(name: string): string {
  return `${name.startsWith('-') ? '-- ' : ''}${shellWord(name)}`;
}
