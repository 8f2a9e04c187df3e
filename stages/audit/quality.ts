/** Finds images that stand out by themselves: dark, light, blurred, empty, of an odd size, grey stored as colour. Pure. */
import type { Sample } from '../../src/generated/sample.ts';
import type { AuditParams } from '../../src/generated/stages/audit.ts';
import type { Filled } from '../../src/sdk/index.ts';
import type { Measures } from '../lib/image/measure-image.ts';
import { quantile } from '../lib/metrics/bootstrap.ts';
import { type Finding, finding, type Kind } from './findings.ts';

export interface Measured {
  readonly sample: Sample;
  readonly measures: Measures;
}

type Limits = Filled<AuditParams>['quality'];

export function qualityFindings(images: readonly Measured[], limits: Limits): Finding[] {
  return images.flatMap(({ sample, measures: { properties } }) => {
    const found: Finding[] = [];
    const add = (kind: Kind, what: string, value: number) =>
      found.push(finding(kind, [sample.id], `\`${sample.id}\` ${what}`, value));
    if (properties.brightest < limits.dark) add('dark', 'is dark', properties.brightest);
    if (1 - properties.darkest < limits.light) add('light', 'is overexposed', properties.darkest);
    if (properties.sharpness < limits.blurred) add('blurred', 'has hardly an edge', properties.sharpness);
    if (properties.entropy / 10 < limits.lowInformation) {
      add('low-information', `holds ${properties.entropy.toFixed(2)} bits a pixel`, properties.entropy);
    }
    if (isGrayCoded(sample, properties.spread)) add('gray-coded-as-colour', 'is grey, stored as colour', 0);
    return found;
  });
}

/** Three channels that never differ. */
export function isGrayCoded(sample: Pick<Sample, 'channels'>, spread: number): boolean {
  return sample.channels === 3 && spread === 0;
}

/** Sizes three interquartile ranges outside the middle half, and aspects below the limit (short side by long side). */
export function sizeFindings(samples: readonly Sample[], smallestAspect: number): Finding[] {
  const sides = samples.map(({ width, height }) => Math.sqrt((width ?? 0) * (height ?? 0)));
  const sorted = [...sides].sort((a, b) => a - b);
  const low = quantile(sorted, 0.25);
  const high = quantile(sorted, 0.75);
  const reach = 3 * (high - low);
  return samples.flatMap((sample, i) => {
    const { id, width = 0, height = 0 } = sample;
    const side = sides[i] ?? 0;
    const aspect = Math.min(width, height) / Math.max(width, height);
    const found: Finding[] = [];
    if (side < low - reach || side > high + reach) {
      found.push(finding('odd-size', [id], `\`${id}\` is ${width} x ${height}, unlike most`, side));
    }
    if (aspect < smallestAspect) {
      found.push(finding('odd-aspect', [id], `\`${id}\` is ${width} x ${height}, long and thin`, aspect));
    }
    return found;
  });
}
