/** What a simple classifier reveals of a dataset: splits that differ, labels in doubt, and grey that gives the label away. */

import { wilsonInterval } from '../../src/base/wilson.ts';
import type { DatasetInfo } from '../../src/generated/dataset.ts';
import type { Random } from '../../src/sdk/index.ts';
import { areaUnderRoc, rankSamples } from '../lib/metrics/ranking.ts';
import { association, crossValidate, type Row } from './baseline.ts';
import { type Finding, finding } from './findings.ts';
import { labelIssues } from './label-errors.ts';
import { isGrayCoded, type Measured } from './quality.ts';

/** Fewer images than this on one side say nothing. */
const FEWEST = 20;

/** Area under the curve of telling train from each other split, by the name of the other; 0.5: they look alike. */
export function tellSplitsApart(images: readonly Measured[], random: Random): Record<string, number> {
  const result: Record<string, number> = {};
  for (const other of ['validation', 'test'] as const) {
    const chosen = images.filter(({ sample }) => sample.split === 'train' || sample.split === other);
    const rows = chosen.map((image) => rowOf(image, image.sample.split === other ? 1 : 0));
    const there = rows.filter(({ label }) => label === 1).length;
    if (there < FEWEST || rows.length - there < FEWEST) continue;
    const probabilities = crossValidate(rows, 2, random);
    if (probabilities === null) continue;
    const ranking = rankSamples(
      rows.length,
      (i) => probabilities[i * 2 + 1] as number,
      (i) => rows[i]?.label === 1,
    );
    const area = areaUnderRoc(ranking);
    result[other] = Math.round(area * 1e3) / 1e3;
  }
  return result;
}

export interface Doubt {
  /** Of the baseline, out of fold. */
  readonly accuracy: number;
  /** All labels in doubt; the findings name the most doubtful of them. */
  readonly doubted: number;
  readonly findings: readonly Finding[];
}

/** Null when labels are not one of several a sample, or too few. */
export function doubtLabels(
  images: readonly Measured[],
  { classes, task }: Pick<DatasetInfo, 'classes' | 'task'>,
  most: number,
  random: Random,
): Doubt | null {
  if (most === 0 || task === 'multi-label' || images.length < FEWEST) return null;
  const labels = images.map(({ sample }) => classes.indexOf(sample.labels[0] ?? ''));
  const probabilities = crossValidate(
    images.map((image, i) => rowOf(image, labels[i] as number)),
    classes.length,
    random,
  );
  if (probabilities === null) return null;
  const right = labels.filter((label, i) => {
    const row = probabilities.subarray(i * classes.length, (i + 1) * classes.length);
    return row.indexOf(Math.max(...row)) === label;
  }).length;
  // A classifier no better than always naming the largest class has no grounds to doubt a label.
  const largest = Math.max(...classes.map((_, k) => labels.filter((label) => label === k).length));
  const isBetter = wilsonInterval(right, labels.length)[0] > largest / labels.length;
  const issues = isBetter ? labelIssues(probabilities, labels, classes.length) : [];
  const findings = issues.slice(0, most).map(({ sample, suggested, margin }) => {
    const id = images[sample]?.sample.id ?? '';
    const text = `\`${id}\` is labelled \`${classes[labels[sample] as number]}\`, looks like \`${classes[suggested]}\``;
    return finding('label-issue', [id], text, margin);
  });
  return { accuracy: Math.round((1e4 * right) / images.length) / 1e4, doubted: issues.length, findings };
}

/** Grey stored as colour that comes more often with one class than with another. */
export function grayFindings(
  images: readonly Measured[],
  { classes, task }: Pick<DatasetInfo, 'classes' | 'task'>,
  limit: number,
): Finding[] {
  const gray = images.map(({ sample, measures }) => isGrayCoded(sample, measures.properties.spread));
  const count = gray.filter(Boolean).length;
  if (count === 0) return [];
  // With several labels a sample each class is a question of its own: has the image it or not?
  const questions =
    task === 'multi-label'
      ? classes.map((name) => ({ name, labels: images.map(({ sample }) => (sample.labels.includes(name) ? 1 : 0)) }))
      : [{ name: 'the class', labels: images.map(({ sample }) => classes.indexOf(sample.labels[0] ?? '')) }];
  return questions.flatMap(({ name, labels }) => {
    const strength = association(gray, labels, task === 'multi-label' ? 2 : classes.length);
    if (strength <= limit) return [];
    const text = `whether an image is grey predicts ${name} (Cramér's V ${strength.toFixed(2)}, ${count} grey images)`;
    return [finding('gray-predicts-label', [], `${text}: turn all to grey`, strength)];
  });
}

function rowOf({ sample, measures }: Measured, label: number): Row {
  return { features: measures.features, label, group: sample.content ?? sample.family };
}
