/**
 * Which names stages and experiments may have.
 *
 * Names of `uses` stages and of experiments become folders under `artifacts/`, so they hold no separators. Stages with a
 * command may be called anything a hand-written DVC file calls them, except what breaks lines and logs.
 */

/** Line breaks, tabs, NUL and the like. */
export function hasControlCharacter(text: string): boolean {
  return /\p{Cc}|\u2028|\u2029/u.test(text);
}

/** Longer names break file systems: 255 bytes is the usual limit for one name, and endings are added to it. */
const MAX_NAME_BYTES = 200;

/** What is wrong with a name; null when it can be used. */
export function nameFault(name: string, becomesFolder: boolean): string | null {
  if (name === '') return 'is empty';
  if (hasControlCharacter(name)) return 'holds a line break or another control character';
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `is longer than ${MAX_NAME_BYTES} bytes`;
  if (name === '.' || name === '..' || name === '__proto__') return 'has a meaning of its own';
  if (becomesFolder && /[/\\:]/.test(name)) return 'holds `/`, `\\` or `:`';
  return null;
}
