/** A confusion matrix as an SVG picture: counts in cells shaded by their share of the row. Equal input, equal bytes. */

const CELL = 56;
const MARGIN = 24;
const CHARACTER = 7.2;

export function drawConfusion(classes: readonly string[], counts: readonly (readonly number[])[]): string {
  const labelWidth = Math.ceil(Math.max(...classes.map((name) => name.length)) * CHARACTER) + 12;
  const left = MARGIN + labelWidth;
  const top = MARGIN + labelWidth;
  const width = left + classes.length * CELL + MARGIN;
  const height = top + classes.length * CELL + MARGIN;
  const cells = counts.flatMap((row, y) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count, x) => drawCell(left + x * CELL, top + y * CELL, count, total === 0 ? 0 : count / total));
  });
  const names = classes.flatMap((name, k) => {
    const middle = k * CELL + CELL / 2;
    return [
      `<text x="${left - 8}" y="${top + middle + 4}" text-anchor="end">${escapeXml(name)}</text>`,
      `<text transform="translate(${left + middle + 4} ${top - 8}) rotate(-90)">${escapeXml(name)}</text>`,
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    `<text x="${MARGIN / 2}" y="${MARGIN / 2 + 6}">rows: true class, columns: predicted class</text>`,
    ...cells,
    ...names,
    '</svg>',
    '',
  ].join('\n');
}

function drawCell(x: number, y: number, count: number, share: number): string {
  const level = Math.round(255 - share * 175);
  const ink = share > 0.6 ? 'white' : 'black';
  return [
    `<rect x="${x}" y="${y}" width="${CELL}" height="${CELL}" fill="rgb(${level - 40},${level},255)" stroke="white"/>`,
    `<text x="${x + CELL / 2}" y="${y + CELL / 2 + 4}" text-anchor="middle" fill="${ink}">${count}</text>`,
  ].join('');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
