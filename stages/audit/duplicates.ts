/** Finds images that are there more than once, as they are or nearly, and what that does to splits and labels. Pure. */
import type { Sample } from '../../src/generated/sample.ts';
import { groupByContent } from '../lib/dataset/by-content.ts';
import { sideOf } from '../lib/dataset/folds.ts';
import { layoutsAgree } from '../lib/image/layout-agreement.ts';
import type { Measures } from '../lib/image/measure-image.ts';
import { type AlikePair, alikePairs } from '../lib/image/perceptual-hash.ts';
import { type Finding, finding } from './findings.ts';

export interface Hashed {
  readonly sample: Sample;
  readonly measures: Pick<Measures, 'hashes' | 'features'>;
}

export interface NearLimits {
  /** Bits of 64: at most this many across splits or labels is reported as such. */
  readonly alike: number;
  /** At most this many is worth a look. */
  readonly review: number;
  /** Also compare mirrored and turned. */
  readonly orientations: boolean;
}

/** One finding for each group of originals with equal pixels. */
export function exactDuplicates(originals: readonly Sample[]): Finding[] {
  return groupByContent(originals)
    .filter((group) => group.length > 1)
    .flatMap((group) => {
      const ids = group.map(({ id }) => id);
      const splits = distinct(group.map((sample) => sideOf(sample) ?? ''));
      const labels = distinct(group.map(labelsOf));
      const found: Finding[] = [];
      if (splits.length > 1) {
        const text = `${list(ids)} have equal pixels and are in ${list(splits)}`;
        found.push(finding('duplicate-across-splits', ids, text, group.length));
      }
      if (labels.length > 1) {
        const text = `${list(ids)} have equal pixels and are labelled ${list(labels)}`;
        found.push(finding('duplicate-with-another-label', ids, text, group.length));
      }
      if (found.length === 0) found.push(finding('duplicate', ids, `${list(ids)} have equal pixels`, group.length));
      return found;
    });
}

/**
 * One finding for each pair of originals that look alike and are not equal. Mirrored and turned ones need a layout that agrees,
 * since with eight orientations more comes near by chance.
 */
export function nearDuplicates(images: readonly Hashed[], limits: NearLimits): Finding[] {
  return findPairs(images, limits).flatMap(({ first, second, distance, orientation, agrees }) => {
    const [a, b] = [images[first]?.sample, images[second]?.sample];
    if (a === undefined || b === undefined || a.content === b.content) return [];
    const ids = [a.id, b.id];
    const how = `look alike (${distance} of 64 bits differ${orientation === 0 ? '' : ', one mirrored or turned'})`;
    const isAlike = agrees && distance <= limits.alike;
    const [sideA, sideB] = [sideOf(a) ?? '', sideOf(b) ?? ''];
    if (isAlike && sideA !== sideB) {
      const text = `${list(ids)} ${how} and are in ${list([sideA, sideB])}`;
      return [finding('near-duplicate-across-splits', ids, text, distance)];
    }
    if (isAlike && labelsOf(a) !== labelsOf(b)) {
      const text = `${list(ids)} ${how} and are labelled ${list([labelsOf(a), labelsOf(b)])}`;
      return [finding('near-duplicate-with-another-label', ids, text, distance)];
    }
    return [finding('near-duplicate', ids, `${list(ids)} ${how}`, distance)];
  });
}

interface Pair extends AlikePair {
  /** Their layouts say that both show the same. */
  readonly agrees: boolean;
}

function findPairs(images: readonly Hashed[], { alike, review, orientations }: NearLimits): Pair[] {
  const hashes = images.map(({ measures }) => measures.hashes);
  const limit = Math.max(alike, review);
  const features = (place: number) => images[place]?.measures.features ?? new Uint8Array();
  const withAgreement = (pair: AlikePair): Pair => {
    const { first, second, orientation } = pair;
    return { ...pair, agrees: layoutsAgree(features(first), features(second), orientation) };
  };
  const asTheyStand = alikePairs(hashes, limit, 1).map(withAgreement);
  if (!orientations) return asTheyStand;
  const turned = alikePairs(hashes, limit, 8)
    .filter(({ orientation }) => orientation !== 0)
    .map(withAgreement)
    .filter(({ agrees }) => agrees);
  // What is symmetric comes near both ways: as it stands when that is certain, else as it was found.
  const isSettled = new Set(asTheyStand.filter(({ agrees }) => agrees).map(nameOf));
  const found = turned.filter((pair) => !isSettled.has(nameOf(pair)));
  const isTurned = new Set(found.map(nameOf));
  return [...asTheyStand.filter((pair) => !isTurned.has(nameOf(pair))), ...found].sort(
    (a, b) => a.first - b.first || a.second - b.second,
  );
}

function nameOf({ first, second }: AlikePair): string {
  return `${first} ${second}`;
}

/** Families and given groups on two sides of a split or in two folds, and derived images outside train: what the split stage never makes, others do. */
export function partedFamilies(samples: readonly Sample[]): Finding[] {
  const splits = new Map<string, Map<string, string>>();
  for (const sample of samples) {
    const { id, family, group } = sample;
    const side = sideOf(sample);
    if (side === undefined) continue;
    for (const name of [`the family of \`${family}\``, ...(group === undefined ? [] : [`the group \`${group}\``])]) {
      const of = splits.get(name) ?? new Map<string, string>();
      splits.set(name, of);
      if (!of.has(side)) of.set(side, id);
    }
  }
  const parted = [...splits].flatMap(([name, of]) =>
    of.size > 1 ? [finding('family-across-splits', [...of.values()], `${name} is in ${list([...of.keys()])}`)] : [],
  );
  const derived = samples.filter(({ id, family, split }) => split !== undefined && split !== 'train' && id !== family);
  return [
    ...parted,
    ...derived.map(({ id, split }) =>
      finding('derived-outside-train', [id], `\`${id}\` is derived and in \`${split}\``),
    ),
  ];
}

function labelsOf({ labels }: Sample): string {
  return labels.join(' + ');
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}

function list(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  const shown = quoted.length > 4 ? [...quoted.slice(0, 3), `${quoted.length - 3} more`] : quoted;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
