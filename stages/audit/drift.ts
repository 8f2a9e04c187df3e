/** Asks whether splits look alike: property by property, and by whether a classifier can tell them apart. Pure. */
import type { Sample } from '../../src/generated/sample.ts';
import { type Finding, finding } from './findings.ts';
import type { Measured } from './quality.ts';

export interface Drift {
  /** Two splits, the first being train. */
  readonly splits: readonly [string, string];
  /** Kolmogorov-Smirnov statistic by property, 0 to 1. */
  readonly properties: Readonly<Record<string, number>>;
  /** What the largest of all statistics exceeds by chance in one dataset of twenty (Bonferroni). */
  readonly critical: number;
  /** Half the sum of absolute differences between class shares, 0 to 1. */
  readonly labels: number;
}

const SEEN = ['brightness', 'contrast', 'red', 'green', 'blue', 'sharpness', 'entropy'] as const;

/** Train against each other split there is. */
export function measureDrift(images: readonly Measured[], classes: readonly string[]): Drift[] {
  const train = images.filter(({ sample }) => sample.split === 'train');
  const compared = new Set(images.flatMap(({ sample: { split } }) => (split === 'train' ? [] : (split ?? [])))).size;
  return (['validation', 'test'] as const).flatMap((name): Drift[] => {
    const other = images.filter(({ sample }) => sample.split === name);
    if (train.length === 0 || other.length === 0) return [];
    const properties: Record<string, number> = {};
    for (const property of SEEN) {
      const values = (group: readonly Measured[]) => group.map(({ measures }) => measures.properties[property]);
      properties[property] = round(kolmogorovSmirnov(values(train), values(other)));
    }
    const area = (group: readonly Measured[]) => group.map(({ sample: { width = 0, height = 0 } }) => width * height);
    const aspect = (group: readonly Measured[]) => group.map(({ sample: { width = 0, height = 1 } }) => width / height);
    properties.area = round(kolmogorovSmirnov(area(train), area(other)));
    properties.aspect = round(kolmogorovSmirnov(aspect(train), aspect(other)));
    const alpha = 0.05 / (Object.keys(properties).length * compared);
    const spread = (train.length + other.length) / (train.length * other.length);
    const critical = round(Math.sqrt((-Math.log(alpha / 2) / 2) * spread));
    return [{ splits: ['train', name], properties, critical, labels: round(labelDistance(train, other, classes)) }];
  });
}

/** A property drifts when its statistic passes the limit and chance alone would not explain it. */
export function driftFindings(drifts: readonly Drift[], limits: { property: number; labels: number }): Finding[] {
  return drifts.flatMap(({ splits: [train, other], properties, critical, labels }) => {
    const found = Object.entries(properties).flatMap(([name, statistic]) =>
      statistic > Math.max(limits.property, critical)
        ? [
            finding(
              'drift',
              [],
              `\`${name}\` differs between \`${train}\` and \`${other}\` (KS ${statistic})`,
              statistic,
            ),
          ]
        : [],
    );
    if (labels > limits.labels) {
      found.push(
        finding('drift', [], `class shares differ between \`${train}\` and \`${other}\` by ${labels}`, labels),
      );
    }
    return found;
  });
}

/** The largest distance between two empirical distribution functions. */
export function kolmogorovSmirnov(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [[...a].sort((p, q) => p - q), [...b].sort((p, q) => p - q)];
  let [i, j, largest] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    const value = Math.min(x[i] as number, y[j] as number);
    while (i < x.length && (x[i] as number) <= value) i++;
    while (j < y.length && (y[j] as number) <= value) j++;
    largest = Math.max(largest, Math.abs(i / x.length - j / y.length));
  }
  return largest;
}

function labelDistance(a: readonly { sample: Sample }[], b: readonly { sample: Sample }[], classes: readonly string[]) {
  const share = (group: readonly { sample: Sample }[], name: string) =>
    group.filter(({ sample }) => sample.labels.includes(name)).length / group.length;
  return classes.reduce((sum, name) => sum + Math.abs(share(a, name) - share(b, name)) / 2, 0);
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
