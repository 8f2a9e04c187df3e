/**
 * A block of lines at the bottom of the terminal that is painted anew in place.
 *
 * Permanent text goes above it. Nothing is hidden or switched (no cursor, no alternate screen), so a killed run leaves a
 * usable terminal.
 */

export interface LiveRegion {
  /** Replaces the block. Lines must fit the terminal: one that wraps would be counted wrong. */
  paint(lines: readonly string[]): void;
  /** Prints text for good, above the block. */
  print(text: string): void;
  /** Takes the block away. */
  clear(): void;
}

export function createLiveRegion(write: (text: string) => void): LiveRegion {
  let lines: readonly string[] = [];
  const erase = () => (lines.length === 0 ? '' : `\x1b[${lines.length}A\r\x1b[J`);
  const draw = () => lines.map((each) => `${each}\n`).join('');

  function paint(next: readonly string[]): void {
    if (next.length === lines.length && next.every((line, index) => line === lines[index])) return;
    const before = erase();
    lines = next;
    write(before + draw());
  }

  function print(text: string): void {
    write(erase() + text + draw());
  }

  return { paint, print, clear: () => paint([]) };
}
