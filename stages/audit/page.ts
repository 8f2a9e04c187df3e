/**
 * The audit as a page: a questionnaire answered by measurement, tables, and the images each finding is about.
 *
 * One file that opens offline. It computes nothing, and shows what the audit measured.
 */
import { type Content, type Html, html, trusted } from '../../src/base/markup.ts';
import type { Dataset } from '../lib/dataset/read-dataset.ts';
import { spreadPlaces } from '../lib/image/contact-sheet.ts';
import { encodeThumbnail } from '../lib/image/raster.ts';
import type { Balance, TestInterval } from './balance.ts';
import type { Drift } from './drift.ts';
import { type Finding, KINDS, type Kind } from './findings.ts';
import { AUDIT_STYLE } from './page-style.ts';
import type { Trait } from './traits.ts';
import { DEGREES, type Turning } from './turning.ts';

export interface Audited {
  readonly task: string;
  readonly images: number;
  readonly originals: number;
  readonly balance: Balance;
  readonly grayCoded: number;
  readonly dimensions: readonly { width: number; height: number; channels: number; count: number }[];
  readonly traits: readonly Trait[];
  readonly turning: Turning;
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
    section('How many images are there?', countsText(audited)),
    section('Are the classes even?', balanceTable(audited.balance)),
    section('Which sizes are there?', sizesTable(audited)),
    section('Are validation and test like train?', driftTable(audited)),
    section('What can the test split prove?', testText(audited.test)),
    section('Are the labels right?', labelsText(audited)),
    section('What tells the classes apart by itself?', traitsTable(audited.traits)),
    section('How far may images be turned?', turningText(audited.turning)),
    ...Object.entries(audited.notes).map(([title, text]) => section(title, html`<p>${text}</p>`)),
    section('What was found?', await findingsList(audited.findings, thumbnails, most)),
    section('What do the classes look like?', await classSheets(dataset, thumbnails, most)),
  ];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>Data audit</title>
<style>${trusted(AUDIT_STYLE)}</style>
</head>
<body>
<main>
<h1>Data audit</h1>
${summary(audited.findings)}
${sections}</main>
</body>
</html>
`.text;
}

function section(title: string, content: Content): Html {
  return html`<section>
<h2>${title}</h2>
${content}
</section>
`;
}

function summary(findings: readonly Finding[]): Html {
  const words = (['error', 'warning', 'review'] as const).map((severity) => {
    const count = findings.filter(({ kind }) => KINDS[kind] === severity).length;
    return html`<li class="${severity}"><b>${count}</b> ${severity === 'review' ? 'to look at' : `${severity}s`}</li>`;
  });
  return html`<ul class="summary">${words}</ul>`;
}

function table(caption: string, header: readonly string[], rows: readonly (readonly (string | number)[])[]): Html {
  const lines = rows.map(
    (row) => html`<tr>${row.map((cell) => html`<td class="${classOf(cell)}">${cell}</td>`)}</tr>
`,
  );
  // A column is headed as its numbers stand.
  const names = header.map((name, i) => html`<th class="${classOf(rows[0]?.[i] ?? '')}">${name}</th>`);
  return html`<div class="scroll"><table><caption>${caption}</caption>
<thead><tr>${names}</tr></thead>
<tbody>${lines}</tbody></table></div>`;
}

/** Numbers, also those written as text with a unit, stand to the right. */
function classOf(cell: string | number): string {
  return typeof cell === 'number' || /^[\d.]+( %)?$/.test(cell) ? 'n' : '';
}

function countsText({ images, originals, balance, task }: Audited): Html {
  const words = `${images} images (${task}), ${originals} of them originals that can be read`;
  return html`<p>${words}; ${balance.classes.length} classes.</p>`;
}

function balanceTable({ classes, ratio, together }: Balance): Content {
  const splits = [...new Set(classes.flatMap(({ splits: of }) => Object.keys(of)))];
  const rows = classes.map(({ name, count, share, splits: of }) => [
    name,
    count,
    `${(100 * share).toFixed(1)} %`,
    ...splits.map((split) => of[split] ?? 0),
  ]);
  const pairs = together.slice(0, MOST_SIZES).map(({ classes: [a, b], count }) => [a, b, count]);
  return [
    ratio === null ? null : html`<p>The largest class has ${ratio.toFixed(2)} times the images of the smallest.</p>`,
    table('Originals by class', ['class', 'images', 'share', ...splits], rows),
    pairs.length === 0 ? null : table('Classes that are on one image', ['class', 'and', 'images'], pairs),
  ];
}

function sizesTable({ dimensions, grayCoded, originals }: Audited): Content {
  const shown = dimensions.slice(0, MOST_SIZES);
  const left = dimensions.length - shown.length;
  const rows = shown.map(({ width, height, channels, count }) => [`${width} x ${height}`, channels, count]);
  const caption = `${dimensions.length} ${dimensions.length === 1 ? 'size' : 'sizes'}`;
  const percent = ((100 * grayCoded) / originals).toFixed(2);
  return [
    table(caption, ['width x height', 'channels', 'images'], rows),
    left > 0 ? html`<p>and ${left} more sizes, in dimensions.csv.</p>` : null,
    grayCoded === 0
      ? null
      : html`<p>${grayCoded} of ${originals} images (${percent} %) are grey, stored as colour.</p>`,
  ];
}

function driftTable({ drift, splitsToldApart }: Audited): Content {
  if (drift.length === 0) return html`<p>The dataset is not split yet: audit it again after <code>split</code>.</p>`;
  const names = Object.keys(drift[0]?.properties ?? {});
  const rows = names.map((name) => [name, ...drift.map(({ properties }) => (properties[name] ?? 0).toFixed(3))]);
  rows.push(['class shares', ...drift.map(({ labels }) => labels.toFixed(3))]);
  rows.push(['explained by chance below', ...drift.map(({ critical }) => critical.toFixed(3))]);
  const header = ['property', ...drift.map(({ splits: [train, other] }) => `${train} to ${other}`)];
  const told = Object.entries(splitsToldApart).map(([split, area]) => {
    const words = `A simple classifier tells train from ${split} with an area under the curve of ${area.toFixed(3)}`;
    return html`<p>${words} (0.5: it cannot).</p>`;
  });
  return [table('Distance of distributions (Kolmogorov-Smirnov)', header, rows), told];
}

function testText(test: TestInterval | null): Html {
  if (test === null) return html`<p>There is no test split yet.</p>`;
  const [low, high] = test.at90.map((value) => (100 * value).toFixed(1));
  return html`<p>It holds ${test.images} originals. If 90 % of them come out right, the accuracy lies between ${low ?? ''} % and ${high ?? ''} % (95 % Wilson interval): ± ${test.halfWidth.toFixed(1)} points, before any training.</p>`;
}

function labelsText({ baseline }: Audited): Html {
  if (baseline === null) {
    return html`<p>Not looked into: it was not asked for, the task has several labels an image, or there are too few images.</p>`;
  }
  return html`<p>A simple classifier on layout and colour, cross-validated, gets ${(100 * baseline.accuracy).toFixed(1)} % right and doubts ${baseline.labelIssues} labels (confident learning). The better the classifier, the better its doubts: look at the strongest below.</p>`;
}

function traitsTable(traits: readonly Trait[]): Content {
  if (traits.length === 0) return html`<p>There are not two classes to tell apart.</p>`;
  const rows = traits.map(({ property, class: name, area }) => [property, name, area.toFixed(3)]);
  return [
    html`<p>How well a single number tells a class from all others: 0.5 not at all, 1 always by more of it, 0 always by less. What is far from 0.5 and not what the classes are about is what a network may learn instead.</p>`,
    table('Area under the curve', ['property', 'class', 'area'], rows),
  ];
}

function turningText({ images, even, degrees }: Turning): Html {
  const looked = `${even} of ${images} images looked at have an even background`;
  if (degrees === null) return html`<p>${looked}: too few to tell objects from it.</p>`;
  if (degrees === DEGREES.at(-1)) return html`<p>${looked}; turned by any angle, objects stay whole.</p>`;
  const upTo = degrees === 0 ? 'even' : `turned by up to ${degrees} degrees, objects stay whole;`;
  const next = DEGREES.find((each) => each > degrees) ?? 0;
  return html`<p>${looked}; ${upTo} turned by ${next}, more than 2 % of an object is cut off in more than 5 % of them.</p>`;
}

async function findingsList(findings: readonly Finding[], show: Thumbnails, most: number): Promise<Content> {
  const parts: Html[] = [];
  for (const kind of Object.keys(KINDS) as Kind[]) {
    const of = findings.filter((each) => each.kind === kind);
    if (of.length === 0) continue;
    const items: Html[] = [];
    for (const { text, samples } of of.slice(0, most)) {
      const pictures: Content[] = [];
      for (const id of samples.slice(0, 4)) pictures.push(await show(id));
      items.push(html`<li>${pictures}<span>${text.replaceAll('`', '')}</span></li>
`);
    }
    const more = of.length > items.length ? html`<p>and ${of.length - items.length} more, in findings.csv.</p>` : null;
    const open = trusted(KINDS[kind] === 'review' ? '' : ' open');
    parts.push(html`<details${open}><summary class="${KINDS[kind]}">${kind.replaceAll('-', ' ')} <b>${of.length}</b></summary>
<ul class="found">${items}</ul>${more}</details>
`);
  }
  return parts.length === 0 ? html`<p>Nothing.</p>` : parts;
}

async function classSheets(dataset: Dataset, show: Thumbnails, most: number): Promise<Content> {
  const parts: Html[] = [];
  for (const name of dataset.info.classes) {
    const members = dataset.samples.filter(({ labels, problem }) => labels.includes(name) && problem === undefined);
    const pictures: Content[] = [];
    for (const place of spreadPlaces(members.length, most)) pictures.push(await show(members[place]?.id ?? ''));
    parts.push(html`<h3>${name}</h3>
<div class="sheet">${pictures}</div>
`);
  }
  return parts;
}

type Thumbnails = (id: string) => Promise<Content>;

/** A sample's picture as an element; of an unreadable one nothing. */
function openThumbnails(dataset: Dataset): Thumbnails {
  const places = new Map(dataset.samples.map(({ id }, index) => [id, index]));
  const made = new Map<string, Html>();
  return async (id) => {
    const known = made.get(id);
    if (known !== undefined) return known;
    const index = places.get(id);
    if (index === undefined || dataset.samples[index]?.problem !== undefined) return null;
    const bytes = await encodeThumbnail(await dataset.raster(index), THUMBNAIL_PX);
    const data = Buffer.from(bytes).toString('base64');
    const element = html`<img src="data:image/jpeg;base64,${data}" alt="${id}" title="${id}">`;
    made.set(id, element);
    return element;
  };
}
