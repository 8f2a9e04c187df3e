import { expect, test } from 'vitest';
import { randomStream } from '../../../src/sdk/index.ts';
import { trainSettings } from '../models/testing.ts';
import { augmentImage, changesImages } from './augment-image.ts';

const IMAGE = Uint8Array.of(1, 2, 3, 4, 5, 6);

function seen(augment: { flip?: string[]; shift?: number }, draws = 60): Set<string> {
  const settings = trainSettings({ augment }).augment;
  const images = Array.from({ length: draws }, (_, i) => {
    const into = new Uint8Array(6);
    augmentImage(settings, IMAGE, [2, 3, 1], randomStream(i, 'augment'), into);
    return [...into].join('');
  });
  return new Set(images);
}

test('nothing is changed unless it is asked for', () => {
  expect(changesImages(trainSettings({}).augment)).toBe(false);
  expect(seen({})).toEqual(new Set(['123456']));
});

test('images are mirrored in the directions asked for, each half of the time', () => {
  expect(seen({ flip: ['horizontal'] })).toEqual(new Set(['123456', '321654']));
  expect(seen({ flip: ['horizontal', 'vertical'] })).toEqual(new Set(['123456', '321654', '456123', '654321']));
});

test('images are shifted by whole pixels, the border repeated', () => {
  // A third of three columns is one pixel, of two rows none.
  expect(seen({ shift: 0.34 })).toEqual(new Set(['123456', '112445', '233566']));
});
