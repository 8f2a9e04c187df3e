/** Counts classes, says how uneven they are, and what interval the test split can give. Pure. */

import { wilsonInterval } from '../../src/base/wilson.ts';
import type { DatasetInfo } from '../../src/generated/dataset.ts';
import type { Sample } from '../../src/generated/sample.ts';
import { type Finding, finding } from './findings.ts';

export interface ClassCount {
  readonly name: string;
  readonly count: number;
  /** Of all samples; classes of a multi-label dataset may add up to more than 1. */
  readonly share: number;
  readonly splits: Readonly<Record<string, number>>;
}

export interface Balance {
  readonly classes: readonly ClassCount[];
  /** The largest class by the smallest. */
  readonly ratio: number | null;
  /** How often two classes are on one image; only for multi-label. */
  readonly together: readonly { readonly classes: readonly [string, string]; readonly count: number }[];
}

/** @param samples  originals only: copies say nothing about what was collected. */
export function measureBalance(info: Pick<DatasetInfo, 'classes' | 'task'>, samples: readonly Sample[]): Balance {
  const classes = info.classes.map((name): ClassCount => {
    const members = samples.filter(({ labels }) => labels.includes(name));
    const splits: Record<string, number> = {};
    for (const { split } of members) if (split !== undefined) splits[split] = (splits[split] ?? 0) + 1;
    return { name, count: members.length, share: round(members.length / Math.max(1, samples.length)), splits };
  });
  const counts = classes.map(({ count }) => count);
  const smallest = Math.min(...counts);
  const ratio = smallest > 0 ? round(Math.max(...counts) / smallest) : null;
  return { classes, ratio, together: info.task === 'multi-label' ? pairsOf(info.classes, samples) : [] };
}

function pairsOf(classes: readonly string[], samples: readonly Sample[]): Balance['together'] {
  const counts = new Map<string, number>();
  for (const { labels } of samples) {
    const places = labels.map((label) => classes.indexOf(label)).sort((a, b) => a - b);
    places.forEach((a, i) => {
      for (const b of places.slice(i + 1)) counts.set(`${a},${b}`, (counts.get(`${a},${b}`) ?? 0) + 1);
    });
  }
  return [...counts]
    .map(([pair, count]) => {
      const [a = 0, b = 0] = pair.split(',').map(Number);
      return { classes: [classes[a] ?? '', classes[b] ?? ''] as [string, string], count };
    })
    .sort((a, b) => b.count - a.count);
}

export function balanceFindings(balance: Balance, worstRatio: number, splits: readonly string[]): Finding[] {
  const found: Finding[] = [];
  const [only, ...more] = balance.classes.filter(({ count }) => count > 0);
  if (only !== undefined && more.length === 0) {
    found.push(
      finding('single-class', [], `all images are labelled \`${only.name}\`: there is nothing to tell apart`, 1),
    );
  }
  for (const { name, count, splits: counts } of balance.classes) {
    if (count === 0) found.push(finding('empty-class', [], `class \`${name}\` has no image`, 0));
    else {
      for (const split of splits) {
        if (!counts[split]) found.push(finding('empty-class', [], `class \`${name}\` has no image in \`${split}\``, 0));
      }
    }
  }
  if (balance.ratio !== null && balance.ratio > worstRatio) {
    const text = `the largest class has ${balance.ratio.toFixed(1)} times the images of the smallest`;
    found.push(finding('imbalance', [], `${text}: consider \`classWeights: balanced\``, balance.ratio));
  }
  return found;
}

export interface TestInterval {
  readonly images: number;
  /** 95 % Wilson interval if 90 % of the test images come out right. */
  readonly at90: readonly [number, number];
  /** Half its width, in points of per cent. */
  readonly halfWidth: number;
}

/** What the test split can say at best, before anything is trained. Null without one. */
export function testInterval(samples: readonly Sample[]): TestInterval | null {
  const images = samples.filter(({ split }) => split === 'test').length;
  if (images === 0) return null;
  const [low, high] = wilsonInterval(0.9 * images, images);
  return { images, at90: [round(low), round(high)], halfWidth: round(50 * (high - low)) };
}

export function intervalFindings(interval: TestInterval | null, widest: number): Finding[] {
  if (interval === null || interval.halfWidth <= widest) return [];
  const text = `with ${interval.images} test images an accuracy of 90 % is known to ± ${interval.halfWidth.toFixed(1)} points at best`;
  return [
    finding('small-test', [], `${text}: \`folds: 5\` of \`split\` would measure on all images`, interval.halfWidth),
  ];
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
