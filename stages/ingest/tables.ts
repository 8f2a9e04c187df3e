/** What ingest says about what it read: its two tables and its note. Pure. */
import type { Sample } from '../../src/generated/sample.ts';
import { formatCsv } from '../lib/csv.ts';
import { formatNamed, type ImageFormat } from '../lib/image/image-format.ts';

export interface Ingested {
  readonly sample: Sample;
  readonly format: ImageFormat | null;
  readonly sizeBytes: number | null;
}

export function filesTable(ingested: readonly Ingested[]): string {
  const header = ['file', 'labels', 'format', 'width', 'height', 'channels', 'bytes', 'problem'];
  const rows = ingested.map(({ sample, format, sizeBytes }) => [
    sample.id,
    sample.labels.join(';'),
    format ?? '',
    sample.width ?? '',
    sample.height ?? '',
    sample.channels ?? '',
    sizeBytes ?? '',
    sample.problem ?? '',
  ]);
  return formatCsv(header, rows);
}

/** How many images have which size, the most common first. */
export function sizesTable(samples: readonly Sample[]): string {
  const counts = new Map<string, number>();
  for (const { width, height, channels } of samples) {
    if (width === undefined) continue;
    const size = `${width},${height},${channels}`;
    counts.set(size, (counts.get(size) ?? 0) + 1);
  }
  const rows = [...counts].map(([size, count]) => [...size.split(',').map(Number), count]);
  rows.sort((a, b) => (b[3] ?? 0) - (a[3] ?? 0) || (b[0] ?? 0) - (a[0] ?? 0) || (b[1] ?? 0) - (a[1] ?? 0));
  return formatCsv(['width', 'height', 'channels', 'count'], rows);
}

/** @param ingested  all that was read, also what was dropped. @param samples  what was kept. */
export function describe(
  ingested: readonly Ingested[],
  samples: readonly Sample[],
  classes: readonly string[],
  ignored: number,
): string {
  const unreadable = ingested.filter(({ sample }) => sample.problem !== undefined).length;
  const mislabelled = ingested.filter(({ sample, format }) => format !== null && format !== formatNamed(sample.id));
  const readable = samples.flatMap(({ content }) => (content === undefined ? [] : [content]));
  const duplicates = readable.length - new Set(readable).size;
  const parts = [`${plural(samples.length, 'image')}, ${plural(classes.length, 'class', 'classes')}`];
  const counts = countLabels(samples);
  for (const name of classes.filter((each) => (counts.get(each) ?? 0) < 2).slice(0, 1)) {
    parts.push(`\`${name}\` has ${counts.get(name) ?? 0} of them`);
  }
  const unlabelled = classes.length === 0 ? 0 : samples.filter(({ labels }) => labels.length === 0).length;
  if (unlabelled > 0) parts.push(`${unlabelled} without a label`);
  if (unreadable > 0) parts.push(`${unreadable} unreadable`);
  if (mislabelled.length > 0) parts.push(`${mislabelled.length} of another format than named`);
  if (duplicates > 0) parts.push(plural(duplicates, 'exact duplicate'));
  if (ignored > 0) parts.push(`${plural(ignored, 'other file')} ignored`);
  return parts.join(', ');
}

function countLabels(samples: readonly Sample[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { labels } of samples) for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
