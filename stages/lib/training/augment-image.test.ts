import { expect, test } from 'vitest';
import { type JsonObject, randomStream } from '../../../src/sdk/index.ts';
import { trainSettings } from '../models/testing.ts';
import { augmentImage, changesImages } from './augment-image.ts';

const IMAGE = Uint8Array.of(1, 2, 3, 4, 5, 6);
const settingsOf = (augment: JsonObject) => trainSettings({ augment }).augment;

function seen(augment: JsonObject, draws = 60): Set<string> {
  const settings = settingsOf(augment);
  return new Set(
    Array.from({ length: draws }, (_, i) =>
      augmentImage(settings, IMAGE, [2, 3, 1], randomStream(i, 'augment')).join(''),
    ),
  );
}

test('nothing is changed unless it is asked for, and blending batches changes no single image', () => {
  expect(changesImages(settingsOf({}))).toBe(false);
  expect(changesImages(settingsOf({ mixup: 0.2, cutmix: 1 }))).toBe(false);
  for (const augment of [{ rotate: 5 }, { scale: [0.9, 1] }, { policy: { name: 'trivialaugment' } }, { cutout: 0.3 }]) {
    expect(changesImages(settingsOf(augment)), JSON.stringify(augment)).toBe(true);
  }
  expect(seen({})).toEqual(new Set(['123456']));
});

test('images are mirrored in the directions asked for, each half of the time', () => {
  expect(seen({ flip: ['horizontal'] })).toEqual(new Set(['123456', '321654']));
  expect(seen({ flip: ['horizontal', 'vertical'] })).toEqual(new Set(['123456', '321654', '456123', '654321']));
});

test('each draw is another one, and the same stream gives the same', () => {
  const settings = settingsOf({ rotate: 30, brightness: 0.5, noise: 20 });
  const draw = (stream: string) => augmentImage(settings, IMAGE, [2, 3, 1], randomStream(1, stream)).join();
  expect(draw('epoch-1/image-0')).toBe(draw('epoch-1/image-0'));
  expect(draw('epoch-1/image-0')).not.toBe(draw('epoch-2/image-0'));
});
