/** Which properties of images differ between classes, though none was meant to: what a network may learn instead. Pure. */
import { PROPERTIES } from '../lib/image/measure-image.ts';
import { areaUnderRoc, rankSamples } from '../lib/metrics/ranking.ts';
import type { Measured } from './quality.ts';

export interface Trait {
  readonly property: string;
  /** The class it tells best from all others. */
  readonly class: string;
  /** Area under the curve of telling it by this number alone: 0.5 not at all, 1 always by more of it, 0 always by less. */
  readonly area: number;
}

const ALL: readonly (readonly [name: string, of: (image: Measured) => number])[] = [
  ...PROPERTIES.map((name) => [name, ({ measures }: Measured) => measures.properties[name]] as const),
  ['area', ({ sample: { width = 0, height = 0 } }) => width * height],
  ['aspect', ({ sample: { width = 0, height = 1 } }) => width / height],
];

/** One for each property, that which says most first; none for fewer than two classes with images. */
export function measureTraits(images: readonly Measured[], classes: readonly string[]): Trait[] {
  const told = classes.flatMap((name) => {
    const isMember = Uint8Array.from(images, ({ sample }) => (sample.labels.includes(name) ? 1 : 0));
    const members = isMember.reduce((sum, each) => sum + each, 0);
    return members === 0 || members === images.length ? [] : [{ name, isMember }];
  });
  const traits = ALL.flatMap(([property, of]): Trait[] => {
    const values = images.map(of);
    // Sorted once for all classes: of a hundred of them sorting would be all the work there is.
    const ranking = rankSamples(
      images.length,
      (i) => values[i] as number,
      () => false,
    );
    let best: Trait | null = null;
    for (const { name, isMember } of told) {
      const positive = ranking.order.map((i) => isMember[i] as number);
      const area = Math.round(areaUnderRoc({ ...ranking, positive: Uint8Array.from(positive) }) * 1e3) / 1e3;
      if (best === null || strength({ area }) > strength(best)) best = { property, class: name, area };
    }
    return best === null ? [] : [best];
  });
  return traits.sort((a, b) => strength(b) - strength(a));
}

function strength({ area }: Pick<Trait, 'area'>): number {
  return Math.abs(area - 0.5);
}
