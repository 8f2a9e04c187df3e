/** CSV as RFC 4180 has it: what stages write for people and spreadsheets, what they read as label tables, the data of charts. */

/** Text of a table, lines ended by `\n`. Quotes what needs quoting. */
export function formatCsv(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [header, ...rows].map((row) => `${row.map(formatField).join(',')}\n`).join('');
}

function formatField(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows of fields. Accepts `\n` and `\r\n`, quoted fields with both in them, a byte order mark; drops empty lines. */
export function parseCsv(text: string): string[][] {
  return [...csvRows([text])];
}

/** The same for a text that comes in pieces, a row at a time: a table of a million rows need not be held as a whole. */
export function* csvRows(pieces: Iterable<string>): Generator<string[]> {
  let row: string[] = [];
  let field = '';
  let state: 'plain' | 'quoted' | 'after quote' | 'after return' = 'plain';
  let atStart = true;
  for (const piece of pieces) {
    for (let i = atStart && piece.charCodeAt(0) === 0xfeff ? 1 : 0; i < piece.length; i++) {
      const char = piece[i] as string;
      if (state === 'quoted') {
        const end = piece.indexOf('"', i);
        field += piece.slice(i, end < 0 ? piece.length : end);
        i = end < 0 ? piece.length : end;
        if (end >= 0) state = 'after quote';
        continue;
      }
      if (state === 'after quote' && char === '"') {
        field += '"';
        state = 'quoted';
        continue;
      }
      if (state === 'after return' && char !== '\n') field += '\r';
      state = 'plain';
      if (char === '"' && field === '') state = 'quoted';
      else if (char === '\r') state = 'after return';
      else if (char === ',' || char === '\n') {
        row.push(field);
        field = '';
        if (char === ',') continue;
        if (row.length > 1 || row[0] !== '') yield row;
        row = [];
      } else {
        const end = endOfPlain(piece, i + 1);
        field += piece.slice(i, end);
        i = end - 1;
      }
    }
    if (piece !== '') atStart = false;
  }
  if (state === 'after return') field += '\r';
  row.push(field);
  if (row.length > 1 || row[0] !== '') yield row;
}

/** Where the next character stands that may end a field. In slices a table is read several times faster than by character. */
function endOfPlain(piece: string, from: number): number {
  for (let at = from; at < piece.length; at++) {
    const code = piece.charCodeAt(at);
    if (code === 0x2c || code === 0x0a || code === 0x0d) return at;
  }
  return piece.length;
}
