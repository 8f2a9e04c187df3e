/**
 * What networks expect images to have gone through, by the names Keras Applications give these recipes
 * (keras.applications.imagenet_utils.preprocess_input, `mode`), and two plain ones.
 */
import type { Backbone } from '../generated/backbone.ts';

type Preprocessing = NonNullable<Backbone['preprocessing']>;

const same = (value: number): [number, number, number] => [value, value, value];

export const PREPROCESSING = {
  /** Blue first, minus the means of ImageNet. */
  caffe: { order: 'bgr', mean: [123.68, 116.779, 103.939], deviation: same(1) },
  /** From -1 to 1. */
  tf: { order: 'rgb', mean: same(127.5), deviation: same(127.5) },
  /** Means and deviations of ImageNet on the scale 0 to 1, as torchvision has them. */
  torch: {
    order: 'rgb',
    mean: [0.485 * 255, 0.456 * 255, 0.406 * 255],
    deviation: [0.229 * 255, 0.224 * 255, 0.225 * 255],
  },
  /** From 0 to 1. */
  unit: { order: 'rgb', mean: same(0), deviation: same(255) },
  /** From 0 to 255, as they are. */
  none: { order: 'rgb', mean: same(0), deviation: same(1) },
} as const satisfies Record<string, Preprocessing>;

export type PreprocessingName = keyof typeof PREPROCESSING;
