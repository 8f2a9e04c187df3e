import { expect, test } from 'vitest';

import type { JsonObject } from '../../../src/sdk/index.ts';
import { planLayers } from './plan-layers.ts';
import { outputsFor, summarize } from './summarize.ts';
import { modelSettings as model } from './testing.ts';

const plates = (settings: JsonObject) => summarize(model(settings), [60, 30, 3], 1).totalParams;
/** The ablation study on eight scenes: convolutions without pooling, global average, dense layers of 1024. */
const scenes = (settings: JsonObject) =>
  summarize(
    model({
      filters: 256,
      kernel: 5,
      blocks: 4,
      doubling: false,
      pool: 0,
      head: 'average',
      dense: [1024, 1024],
      ...settings,
    }),
    [64, 64, 3],
    8,
  );

test('parameter counts of the published plate classifiers', () => {
  expect(plates({})).toBe(8449);
  expect(plates({ filters: 8 })).toBe(3073);
  expect(plates({ filters: 32, kernel: 7, blocks: 3 })).toBe(509377);
});

test('parameter counts of the sixteen published scene classifiers and of the other kernels', () => {
  const one = { filters: 64, dense: 1024 };
  const published: [JsonObject, number][] = [
    [{ ...one, blocks: 1 }, 79624],
    [{ ...one, blocks: 2 }, 182088],
    [{ ...one, blocks: 4 }, 387016],
    [{ ...one, blocks: 8 }, 796872],
    [{ filters: 64 }, 1436616],
    [{ filters: 64, dense: [1024, 1024, 1024, 1024] }, 3535816],
    [{ filters: 32 }, 1170920],
    [{ filters: 128 }, 2428808],
    [{}, 6256392],
    [{ pool: 2 }, 6256392],
    [{ dropout: 0.2 }, 6256392],
    [{ batchNorm: true }, 6268680],
    [{ pool: 2, dropout: 0.2 }, 6256392],
    [{ pool: 2, batchNorm: true }, 6268680],
    [{ dropout: 0.2, pool: [2, 2, 2, 0] }, 6256392],
    [{ pool: 2, batchNorm: true, dropout: 0.2 }, 6268680],
    [{ kernel: 3 }, 3098376],
    [{ kernel: 7 }, 10993416],
    [{ kernel: 9 }, 17309448],
  ];
  for (const [settings, params] of published)
    expect(scenes(settings).totalParams, JSON.stringify(settings)).toBe(params);
});

test('moving means and variances are not trainable', () => {
  const { totalParams, trainableParams, nonTrainableParams } = scenes({ batchNorm: true });
  expect([totalParams, trainableParams, nonTrainableParams]).toEqual([6268680, 6262536, 6144]);
});

test('the published fruit classifiers: parameters by layer, and memory at batch size 8', () => {
  const fruit: [number, number, number] = [300, 300, 3];
  expect(summarize(model({ template: 'mlp', dense: 255 }), fruit, 3).totalParams).toBe(68851023);
  const cnn = summarize(
    model({
      layers: [
        { layer: 'conv', filters: 6, kernel: 5, padding: 'valid', activation: 'relu' },
        { layer: 'max-pool' },
        { layer: 'conv', filters: 16, kernel: 5, padding: 'valid', activation: 'relu' },
        { layer: 'max-pool' },
        { layer: 'dropout', rate: 0.2 },
        { layer: 'flatten' },
        { layer: 'dense', units: 120, activation: 'relu' },
        { layer: 'dropout', rate: 0.2 },
        { layer: 'dense', units: 84, activation: 'relu' },
      ],
    }),
    fruit,
    3,
    8,
  );
  expect(cnn.totalParams).toBe(9966691);
  expect(cnn.layers.map(({ params }) => params).filter((count) => count > 0)).toEqual([456, 2416, 9953400, 10164, 255]);
  const { inputMiB, forwardBackwardMiB, paramsMiB, totalMiB } = cnn.memory;
  expect([inputMiB, forwardBackwardMiB, paramsMiB, totalMiB].map((mib) => mib.toFixed(2))).toEqual([
    '8.24',
    '70.50',
    '38.02',
    '116.76',
  ]);
});

test('a multiply-add is two operations: of each weight of a filter at each place, of each weight of a dense layer once', () => {
  const { layers, flops } = summarize(model({ filters: 4, blocks: 1, dense: 5 }), [8, 6, 3], 1);
  expect(layers.map((layer) => layer.flops)).toEqual([2 * 8 * 6 * 9 * 3 * 4, 0, 0, 2 * 4 * 3 * 4 * 5, 2 * 5]);
  expect(flops).toBe(2 * (8 * 6 * 9 * 3 * 4 + 4 * 3 * 4 * 5 + 5));
});

test('a layer that does not fit what comes before it is named', () => {
  const refused = (settings: JsonObject) => () => summarize(model(settings), [8, 8, 1], 1);
  const coded = (code: string) => expect.objectContaining({ code });
  expect(refused({ blocks: 4 })).toThrow(coded('E0821'));
  expect(refused({ blocks: 4 })).toThrow('`pool4` looks at 2 x 2 pixels, but only 1 x 1 are left');
  expect(refused({ padding: 'valid', kernel: 9 })).toThrow(coded('E0821'));
  expect(
    refused({
      layers: [
        { layer: 'conv', filters: 2 },
        { layer: 'dense', units: 3 },
      ],
    }),
  ).toThrow(coded('E0822'));
  expect(refused({ layers: [{ layer: 'flatten' }, { layer: 'conv', filters: 2 }] })).toThrow(
    '`conv1` takes an image, found values of shape 64',
  );
  expect(refused({ blocks: 3, filters: [4, 8] })).toThrow(coded('E0820'));
});

test('two classes need one output, more one each, several labels one each', () => {
  expect([outputsFor(2), outputsFor(3), outputsFor(2, true)]).toEqual([1, 3, 2]);
});

test('a list of convolutions alone gets the head the model asks for, and one with a row of its own none', () => {
  const conv = { layer: 'conv', filters: 4, kernel: 3 };
  const kinds = (settings: JsonObject) => planLayers(model(settings), 3).map((each) => each.settings.layer);
  expect(kinds({ layers: [conv, conv] })).toEqual(['conv', 'conv', 'flatten', 'dense']);
  expect(kinds({ layers: [conv], head: 'average' })).toEqual(['conv', 'global-average-pool', 'dense']);
  expect(kinds({ layers: [conv, { layer: 'global-max-pool' }] })).toEqual(['conv', 'global-max-pool', 'dense']);
});
