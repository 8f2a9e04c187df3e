/** Rows of cells as aligned lines that fit the terminal: the form of every small table that commands print. */
import { textWidth, truncate } from './text-width.ts';

export interface Column {
  /** Numbers stand right, words left. */
  readonly align: 'left' | 'right';
  /** May be cut when the line is too long; of several the last gives way first. */
  readonly shrinks?: boolean;
}

const GAP = '  ';
/** A cut column keeps at least so many characters, or it would say nothing. */
const LEAST = 8;

/** Cells without colours in, lines out; `paint` is applied to a cell after it has its width. */
export function columnLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
  paint: (text: string, row: number, column: number) => string = (text) => text,
): readonly string[] {
  const widths = columns.map((_, column) => Math.max(0, ...rows.map((row) => textWidth(row[column] ?? ''))));
  let excess = widths.reduce((sum, each) => sum + each, 0) + GAP.length * (columns.length - 1) - width;
  for (let column = columns.length - 1; column >= 0 && excess > 0; column--) {
    if (columns[column]?.shrinks !== true) continue;
    const cut = Math.min(excess, Math.max(0, (widths[column] as number) - LEAST));
    widths[column] = (widths[column] as number) - cut;
    excess -= cut;
  }
  return rows.map((row, place) => {
    const cells = columns.map(({ align }, column) => {
      const text = truncate(row[column] ?? '', widths[column] as number);
      const room = ' '.repeat(Math.max(0, (widths[column] as number) - textWidth(text)));
      const shown = paint(text, place, column);
      return align === 'right' ? room + shown : shown + room;
    });
    return truncateEnd(cells.join(GAP));
  });
}

function truncateEnd(line: string): string {
  return line.replace(/ +$/, '');
}
