import { expect, test } from 'vitest';
import { applySettings, warnOfImages } from './settings.ts';

const params = { epochs: 3, model: { filters: 8, blocks: 2 }, earlyStopping: null };

test('a setting replaces the value at its path and nothing else', () => {
  const result = applySettings(params, { settings: { 'model.filters': 16, epochs: 5 } });
  expect(result).toEqual({ epochs: 5, model: { filters: 16, blocks: 2 }, earlyStopping: null });
  expect(params.model.filters).toBe(8);
});

test('no settings file changes nothing', () => {
  expect(applySettings(params, null)).toBe(params);
});

test('a path the stage does not have is refused, at any depth', () => {
  for (const path of ['filters', 'model.depth', 'earlyStopping.patience', 'epochs.more']) {
    expect(() => applySettings(params, { settings: { [path]: 1 } })).toThrow(
      expect.objectContaining({ code: 'E0809' }),
    );
  }
});

test('settings found on other images than a training gets are said to be', () => {
  const pipeline = { 'augment.copies': 2, 'transform.resize': { width: 8 } };
  expect(warnOfImages({ settings: {}, pipeline, otherImages: true })).toBe(
    '; its settings were found with augment.copies=2, transform.resize={"width":8}',
  );
  expect(warnOfImages({ settings: {}, pipeline })).toBe('');
  expect(warnOfImages(null)).toBe('');
});
