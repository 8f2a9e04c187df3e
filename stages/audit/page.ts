/**
 * The audit as a page: a questionnaire answered by measurement, tables, and the images each finding is about.
 *
 * One file that opens offline. It computes nothing; what comes from the data is escaped.
 */
import type { Dataset } from '../lib/dataset/read-dataset.ts';
import { encodeThumbnail } from '../lib/image/raster.ts';
import type { Balance, TestInterval } from './balance.ts';
import type { Drift } from './drift.ts';
import { type Finding, KINDS, type Kind } from './findings.ts';
import { AUDIT_STYLE } from './page-style.ts';

export interface Audited {
  readonly task: string;
  readonly images: number;
  readonly originals: number;
  readonly balance: Balance;
  readonly grayCoded: number;
  readonly dimensions: readonly { width: number; height: number; channels: number; count: number }[];
  readonly test: TestInterval | null;
  readonly drift: readonly Drift[];
  readonly splitsToldApart: Readonly<Record<string, number>>;
  readonly baseline: { readonly accuracy: number; readonly labelIssues: number } | null;
  readonly notes: Readonly<Record<string, string>>;
  readonly findings: readonly Finding[];
}

const THUMBNAIL_PX = 96;
const MOST_SIZES = 12;

/** @param most  images shown for each kind of finding, and for each class. */
export async function auditPage(dataset: Dataset, audited: Audited, most: number): Promise<string> {
  const thumbnails = openThumbnails(dataset);
  const sections = [
    section('How many images are there?', countsTable(audited)),
    section('Are the classes even?', balanceTable(audited.balance)),
    section('Which sizes are there?', sizesTable(audited)),
    section('Are validation and test like train?', driftTable(audited)),
    section('What can the test split prove?', testText(audited.test)),
    section('Are the labels right?', labelsText(audited)),
    ...Object.entries(audited.notes).map(([title, text]) => section(title, `<p>${escapeHtml(text)}</p>`)),
    section('What was found?', await findingsHtml(audited.findings, thumbnails, most)),
    section('What do the classes look like?', await classesHtml(dataset, thumbnails, most)),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>Data audit</title>
<style>${AUDIT_STYLE}</style>
</head>
<body>
<main>
<h1>Data audit</h1>
${summary(audited.findings)}
${sections.join('\n')}
</main>
</body>
</html>
`;
}

function section(title: string, content: string): string {
  return `<section>\n<h2>${escapeHtml(title)}</h2>\n${content}\n</section>`;
}

function summary(findings: readonly Finding[]): string {
  const words = (['error', 'warning', 'review'] as const).map((severity) => {
    const count = findings.filter(({ kind }) => KINDS[kind] === severity).length;
    return `<li class="${severity}"><b>${count}</b> ${severity === 'review' ? 'to look at' : `${severity}s`}</li>`;
  });
  return `<ul class="summary">${words.join('')}</ul>`;
}

function table(caption: string, header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = (tag: string, row: readonly (string | number)[]) =>
    row.map((cell) => `<${tag}${isNumber(cell) ? ' class="n"' : ''}>${escapeHtml(String(cell))}</${tag}>`).join('');
  const body = rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n');
  return `<div class="scroll"><table><caption>${escapeHtml(caption)}</caption>
<thead><tr>${cells('th', header)}</tr></thead>
<tbody>${body}</tbody></table></div>`;
}

/** Numbers, also those written as text with a unit. */
function isNumber(cell: string | number): boolean {
  return typeof cell === 'number' || /^[\d.]+( %)?$/.test(cell);
}

function countsTable({ images, originals, balance, task }: Audited): string {
  const words = `${images} images (${task}), ${originals} of them originals that can be read`;
  return `<p>${words}; ${balance.classes.length} classes.</p>`;
}

function balanceTable({ classes, ratio, together }: Balance): string {
  const splits = [...new Set(classes.flatMap(({ splits: of }) => Object.keys(of)))];
  const rows = classes.map(({ name, count, share, splits: of }) => [
    name,
    count,
    `${(100 * share).toFixed(1)} %`,
    ...splits.map((split) => of[split] ?? 0),
  ]);
  const words =
    ratio === null ? '' : `<p>The largest class has ${ratio.toFixed(2)} times the images of the smallest.</p>`;
  const pairs =
    together.length === 0
      ? ''
      : table(
          'Classes that are on one image',
          ['class', 'and', 'images'],
          together.slice(0, MOST_SIZES).map(({ classes: [a, b], count }) => [a, b, count]),
        );
  return words + table('Originals by class', ['class', 'images', 'share', ...splits], rows) + pairs;
}

function sizesTable({ dimensions, grayCoded, originals }: Audited): string {
  const shown = dimensions.slice(0, MOST_SIZES);
  const left = dimensions.length - shown.length;
  const more = left > 0 ? `<p>and ${left} more sizes, in dimensions.csv.</p>` : '';
  const gray =
    grayCoded === 0
      ? ''
      : `<p>${grayCoded} of ${originals} images (${((100 * grayCoded) / originals).toFixed(2)} %) are grey, stored as colour.</p>`;
  const rows = shown.map(({ width, height, channels, count }) => [`${width} x ${height}`, channels, count]);
  return (
    table(
      `${dimensions.length} ${dimensions.length === 1 ? 'size' : 'sizes'}`,
      ['width x height', 'channels', 'images'],
      rows,
    ) +
    more +
    gray
  );
}

function driftTable({ drift, splitsToldApart }: Audited): string {
  if (drift.length === 0) return '<p>The dataset is not split yet: audit it again after `split`.</p>';
  const names = Object.keys(drift[0]?.properties ?? {});
  const rows = names.map((name) => [name, ...drift.map(({ properties }) => (properties[name] ?? 0).toFixed(3))]);
  rows.push(['class shares', ...drift.map(({ labels }) => labels.toFixed(3))]);
  rows.push(['explained by chance below', ...drift.map(({ critical }) => critical.toFixed(3))]);
  const header = ['property', ...drift.map(({ splits: [train, other] }) => `${train} to ${other}`)];
  const told = Object.entries(splitsToldApart).map(
    ([split, area]) =>
      `<p>A simple classifier tells train from ${escapeHtml(split)} with an area under the curve of ${area.toFixed(3)} (0.5: it cannot).</p>`,
  );
  return table('Distance of distributions (Kolmogorov-Smirnov)', header, rows) + told.join('');
}

function testText(test: TestInterval | null): string {
  if (test === null) return '<p>There is no test split yet.</p>';
  const [low, high] = test.at90.map((value) => (100 * value).toFixed(1));
  return `<p>It holds ${test.images} originals. If 90 % of them come out right, the accuracy lies between ${low} % and ${high} % (95 % Wilson interval): ± ${test.halfWidth.toFixed(1)} points, before any training.</p>`;
}

function labelsText({ baseline }: Audited): string {
  if (baseline === null) return '<p>Not asked: the task has several labels an image, or there are too few images.</p>';
  return `<p>A simple classifier on layout and colour, cross-validated, gets ${(100 * baseline.accuracy).toFixed(1)} % right and doubts ${baseline.labelIssues} labels (confident learning). The better the classifier, the better its doubts: look at them below.</p>`;
}

async function findingsHtml(findings: readonly Finding[], show: Thumbnails, most: number): Promise<string> {
  const parts: string[] = [];
  for (const kind of Object.keys(KINDS) as Kind[]) {
    const of = findings.filter((each) => each.kind === kind);
    if (of.length === 0) continue;
    const items: string[] = [];
    for (const { text, samples } of of.slice(0, most)) {
      const pictures: string[] = [];
      for (const id of samples.slice(0, 4)) pictures.push(await show(id));
      items.push(`<li>${pictures.join('')}<span>${escapeHtml(text.replaceAll('`', ''))}</span></li>`);
    }
    const more = of.length > items.length ? `<p>and ${of.length - items.length} more, in findings.csv.</p>` : '';
    const open = KINDS[kind] === 'review' ? '' : ' open';
    parts.push(`<details${open}><summary class="${KINDS[kind]}">${kind.replaceAll('-', ' ')} <b>${of.length}</b></summary>
<ul class="found">${items.join('\n')}</ul>${more}</details>`);
  }
  return parts.length === 0 ? '<p>Nothing.</p>' : parts.join('\n');
}

async function classesHtml(dataset: Dataset, show: Thumbnails, most: number): Promise<string> {
  const parts: string[] = [];
  for (const name of dataset.info.classes) {
    const members = dataset.samples.filter(({ labels, problem }) => labels.includes(name) && problem === undefined);
    const step = Math.max(1, members.length / Math.max(1, most));
    const pictures: string[] = [];
    for (let at = 0; at < members.length && pictures.length < most; at += step) {
      pictures.push(await show(members[Math.floor(at)]?.id ?? ''));
    }
    parts.push(`<h3>${escapeHtml(name)}</h3>\n<div class="sheet">${pictures.join('')}</div>`);
  }
  return parts.join('\n');
}

type Thumbnails = (id: string) => Promise<string>;

/** A sample's picture as an element; of an unreadable one nothing. */
function openThumbnails(dataset: Dataset): Thumbnails {
  const places = new Map(dataset.samples.map(({ id }, index) => [id, index]));
  const made = new Map<string, string>();
  return async (id) => {
    const known = made.get(id);
    if (known !== undefined) return known;
    const index = places.get(id);
    if (index === undefined || dataset.samples[index]?.problem !== undefined) return '';
    const bytes = await encodeThumbnail(await dataset.raster(index), THUMBNAIL_PX);
    const data = Buffer.from(bytes).toString('base64');
    const element = `<img src="data:image/jpeg;base64,${data}" alt="${escapeHtml(id)}" title="${escapeHtml(id)}">`;
    made.set(id, element);
    return element;
  };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
