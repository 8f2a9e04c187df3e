/** Values as JSON lines, for programs. NaN and the infinities, which JSON lacks, are written as their names in quotes. */

/** One line, with its line break. */
export function jsonLine(value: unknown): string {
  const text = JSON.stringify(value, (_name, each: unknown) =>
    typeof each === 'number' && !Number.isFinite(each) ? String(each) : each,
  );
  return `${text}\n`;
}
