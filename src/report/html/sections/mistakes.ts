/** What the model gets wrong: classes, confused pairs, and the worst mistakes as pictures. */

import { type Content, type Html, html } from '../../../base/markup.ts';
import { numberText } from '../../number-text.ts';
import { dataUri } from '../chart-figure.ts';
import type { Part, ReportSource } from '../report-part.ts';
import { explainsModel, sheetsOf } from '../sheets.ts';
import type { StageFiles } from '../stage-files.ts';
import { tableHtml } from '../table.ts';

const TYPES: Readonly<Record<string, string>> = { webp: 'image/webp', jpg: 'image/jpeg', png: 'image/png' };
const MOST_PAIRS = 12;
const MOST_CLASSES = 200;
/** Of all thumbnails of one gallery; those of `evaluate` take a tenth. */
const GALLERY_BYTES = 3 << 20;

type Row = Readonly<Record<string, string>>;

export function classesPart({ files }: ReportSource): Part | null {
  const tables = files.flatMap((each) => {
    const rows = each.table(named(each, 'per-class.csv'));
    return rows === null || rows.length === 0 ? [] : [classTable(each.stage, rows)];
  });
  return tables.length === 0 ? null : { id: 'classes', title: 'Classes', body: tables };
}

function classTable(stage: string, rows: readonly Row[]): Html {
  const withInterval = (row: Row, name: string): Content => {
    const value = text(row[name]);
    const [low, high] = [text(row[`${name}Low`]), text(row[`${name}High`])];
    return low === '' || high === '' ? value : html`${value} <span class="muted">${low} to ${high}</span>`;
  };
  return tableHtml({
    caption: `Classes in ${stage}: precision, recall and F1 with 95 % intervals`,
    columns: [
      { title: 'class' },
      { title: 'images', numeric: true },
      { title: 'precision', numeric: true },
      { title: 'recall', numeric: true },
      { title: 'F1', numeric: true },
    ],
    rows: rows
      .slice(0, MOST_CLASSES)
      .map((row) => [
        row.class ?? '',
        text(row.images),
        ...['precision', 'recall', 'f1'].map((name): Content => withInterval(row, name)),
      ]),
  });
}

export async function mistakesPart(source: ReportSource): Promise<Part | null> {
  const sheets = await Promise.all(source.files.filter(explainsModel).map(sheetsOf));
  const bodies = [...source.files.flatMap((files) => [...pairsOf(files), ...galleryOf(files)]), ...sheets.flat()];
  return bodies.length === 0 ? null : { id: 'mistakes', title: 'Mistakes', body: bodies };
}

function pairsOf(files: StageFiles): Html[] {
  const rows = files.table(named(files, 'confused-pairs.csv')) ?? [];
  if (rows.length === 0) return [];
  return [
    tableHtml({
      caption: 'Classes taken for others, the most frequent first',
      columns: [
        { title: 'true' },
        { title: 'predicted' },
        { title: 'images', numeric: true },
        { title: 'share of the true class', numeric: true },
      ],
      rows: rows
        .slice(0, MOST_PAIRS)
        .map((row) => [
          row.true ?? '',
          row.predicted ?? '',
          text(row.images),
          `${(Number(row.share) * 100).toFixed(1)} %`,
        ]),
    }),
  ];
}

function galleryOf(files: StageFiles): Html[] {
  const table = named(files, 'errors.csv');
  const rows = files.table(table) ?? [];
  const folder = table.slice(0, table.lastIndexOf('/') + 1);
  let left = GALLERY_BYTES;
  const items = rows.flatMap((row) => {
    const bytes = files.bytes(`${folder}${row.file ?? ''}`);
    const type = TYPES[(row.file ?? '').split('.').at(-1) ?? ''];
    if (bytes === null || type === undefined || bytes.length > left) return [];
    left -= bytes.length;
    const { id = '', label = '', predicted = '' } = row;
    const confidence = `${(Number(row.confidence) * 100).toFixed(0)} %`;
    return [
      html`<li><img loading="lazy" alt="${`${id}: true ${label}, predicted ${predicted}`}" src="${dataUri(type, bytes)}">
<strong>${predicted === '' ? 'no label' : predicted}</strong> ${confidence}<br>true: ${label === '' ? 'no label' : label}<br><span class="muted">${id}</span></li>
`,
    ];
  });
  if (items.length === 0) return [];
  return [
    html`<h3>The worst mistakes</h3>
<p>Images of ${files.stage} by how improbable the model found the truth: what it said, how sure it was, and what is true.</p>
<ul class="gallery">${items}</ul>
`,
  ];
}

/** The whole path of a file with this name; the name itself, which is no file then, when there is none. */
function named(files: StageFiles, name: string): string {
  return files.names.find((each) => each === name || each.endsWith(`/${name}`)) ?? name;
}

function text(value: string | undefined): string {
  return value === undefined || value === '' ? '' : numberText(Number(value));
}
