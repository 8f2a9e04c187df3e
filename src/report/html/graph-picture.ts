/**
 * The graph of stages as a picture: a row for each depth, stages as boxes with what became of them, lines from producers to
 * consumers. Drawn with the colours of the page, so that it is light or dark as the page is.
 */
import { type Html, html } from '../../base/markup.ts';

export interface GraphNode {
  readonly name: string;
  /** Second line of the box. */
  readonly state: string;
  /** Names of nodes before it in the list. */
  readonly producers: readonly string[];
}

const BOX = { width: 158, height: 50, gapX: 26, gapY: 34, margin: 10 };
const MOST_LETTERS = 20;

export function graphPicture(nodes: readonly GraphNode[]): Html {
  const rows = rowsOf(nodes);
  const widest = Math.max(1, ...rows.map((row) => row.length));
  const span = (count: number) => count * BOX.width + (count - 1) * BOX.gapX;
  const width = span(widest) + 2 * BOX.margin + (rows.length > 2 ? 2 * BOX.gapX : 0);
  const height = rows.length * (BOX.height + BOX.gapY) - BOX.gapY + 2 * BOX.margin;
  const places = new Map(
    rows.flatMap((row, depth) =>
      row.map(({ name }, i) => {
        const x = (width - span(row.length)) / 2 + i * (BOX.width + BOX.gapX);
        return [name, { x, y: BOX.margin + depth * (BOX.height + BOX.gapY), depth }] as const;
      }),
    ),
  );
  const lines = nodes.flatMap(({ name, producers }) =>
    producers.flatMap((producer) => {
      const [from, to] = [places.get(producer), places.get(name)];
      return from === undefined || to === undefined ? [] : [html`<path d="${route(from, to)}"/>`];
    }),
  );
  const boxes = nodes.flatMap(({ name, state }) => {
    const place = places.get(name);
    if (place === undefined) return [];
    const middle = place.x + BOX.width / 2;
    return [
      html`<g><rect x="${place.x}" y="${place.y}" width="${BOX.width}" height="${BOX.height}" rx="7"/>
<text x="${middle}" y="${place.y + 21}" class="name">${cut(name)}</text><text x="${middle}" y="${place.y + 38}">${cut(state)}</text></g>
`,
    ];
  });
  const said = nodes.map(({ name, state }) => `${name}: ${state}`).join('; ');
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Graph of stages"><svg class="graph" role="img" aria-label="${`Graph of ${nodes.length} stages. ${said}`}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<g class="lines">${lines}</g>${boxes}</svg></div>
`;
}

/** A stage stands below the lowest of its producers. */
function rowsOf(nodes: readonly GraphNode[]): GraphNode[][] {
  const depths = new Map<string, number>();
  const rows: GraphNode[][] = [];
  for (const node of nodes) {
    const depth = Math.max(-1, ...node.producers.map((each) => depths.get(each) ?? -1)) + 1;
    depths.set(node.name, depth);
    const row = rows[depth];
    if (row === undefined) rows[depth] = [node];
    else row.push(node);
  }
  return rows;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly depth: number;
}

/** Straight down to the next row; past rows between, around their right. */
function route(from: Place, to: Place): string {
  const [x1, y1] = [from.x + BOX.width / 2, from.y + BOX.height];
  const [x2, y2] = [to.x + BOX.width / 2, to.y];
  if (to.depth - from.depth <= 1) {
    const middle = (y1 + y2) / 2;
    return `M${x1},${y1}C${x1},${middle} ${x2},${middle} ${x2},${y2}`;
  }
  const [right, side] = [from.x + BOX.width, Math.max(from.x, to.x) + BOX.width + BOX.gapX + 6];
  const [start, end] = [from.y + BOX.height / 2, to.y + BOX.height / 2];
  return `M${right},${start}C${side},${start} ${side},${start} ${side},${start + 24}L${side},${end - 24}C${side},${end} ${side},${end} ${to.x + BOX.width},${end}`;
}

function cut(text: string): string {
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS - 1)}…` : text;
}
