/** Plants what an audit should find: copies, wrong labels and spoilt pictures, as many of each class as asked for. */
import { withChannels } from '../lib/image/raster.ts';
import { resizeImage } from '../lib/image/resize.ts';
import { draws, mix } from '../lib/synthesis/noise.ts';
import type { Picture } from '../lib/synthesis/scene.ts';

/** In the order in which they are planted. */
export const FAULTS = [
  'duplicate',
  'otherLabel',
  'mirrored',
  'dark',
  'light',
  'blurred',
  'empty',
  'gray',
  'cutShort',
] as const;
export type Fault = (typeof FAULTS)[number];

/** By fault, how many pictures filed under each class. */
export type Faults = Readonly<Partial<Record<Fault, Readonly<Record<string, number>>>>>;

export interface Place {
  readonly file: string;
  readonly label: string;
  readonly truth: string;
  readonly index: number;
}

export interface Planted {
  readonly fault: Fault;
  /** What a copy is a copy of. */
  readonly of: Place | null;
}

const COPIES: readonly Fault[] = ['duplicate', 'otherLabel', 'mirrored'];
const BLUR_TO = 1 / 12;

/**
 * By index of the picture. Each has one fault at most, none has a label by chance of noise, and no two are copies of one.
 *
 * @returns null when there are not as many pictures.
 */
export function plantFaults(places: readonly Place[], faults: Faults, seed: number): Map<number, Planted> | null {
  const rank = ({ index }: Place) => mix(mix(seed ^ 0x5bd1e995) ^ index);
  const free = places.filter(({ label, truth }) => label === truth).sort((a, b) => rank(a) - rank(b));
  const planted = new Map<number, Planted>();
  const take = (isWanted: (place: Place) => boolean): Place | null => {
    const at = free.findIndex(isWanted);
    return at < 0 ? null : (free.splice(at, 1)[0] ?? null);
  };
  for (const fault of FAULTS) {
    for (const [name, count] of Object.entries(faults[fault] ?? {})) {
      for (let i = 0; i < count; i++) {
        const place = take(({ label }) => label === name);
        const isSource = ({ truth }: Place) => (truth === name) !== (fault === 'otherLabel');
        const of = COPIES.includes(fault) ? take(isSource) : null;
        if (place === null || (of === null && COPIES.includes(fault))) return null;
        planted.set(place.index, { fault, of });
      }
    }
  }
  return planted;
}

/** What the fault makes of a picture; of those that are no matter of pixels the picture as it is. */
export function spoil(picture: Picture, fault: Fault, seed: number, index: number): Picture {
  const { width, height, channels, data } = picture;
  const each = (change: (value: number) => number): Picture => ({ ...picture, data: data.map(change) });
  switch (fault) {
    case 'dark':
      return each((value) => value * 0.25);
    case 'light':
      return each((value) => 255 - (255 - value) * 0.04);
    case 'blurred': {
      const small = resizeImage(picture, Math.ceil(width * BLUR_TO), Math.ceil(height * BLUR_TO));
      return { ...picture, data: resizeImage(small, width, height).data };
    }
    case 'empty': {
      const g = draws(seed, index, 53);
      const shade = g.between(90, 170);
      return { ...picture, data: Uint8Array.from(data, () => Math.round(shade + g.bell())), defects: [] };
    }
    case 'mirrored': {
      const row = width * channels;
      const mirrored = data.map((_, at) => {
        const [x, c] = [Math.floor((at % row) / channels), at % channels];
        return data[at - (at % row) + (width - 1 - x) * channels + c] as number;
      });
      const defects = picture.defects.map(({ box: [left, top, wide, high], ...rest }) => ({
        ...rest,
        box: [width - left - wide, top, wide, high] as const,
      }));
      return { ...picture, data: mirrored, defects };
    }
    case 'gray':
      return { ...picture, ...withChannels(middle(picture), 3) };
    default:
      return picture;
  }
}

/** One channel: the mean of three. */
function middle({ width, height, channels, data }: Picture) {
  const gray = new Uint8Array(width * height);
  for (let i = 0, at = 0; i < gray.length; i++, at += channels) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += data[at + c] as number;
    gray[i] = Math.round(sum / channels);
  }
  return { width, height, channels: 1 as const, data: gray };
}
