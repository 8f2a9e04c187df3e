import { expect, test } from 'vitest';
import type { Picture } from './scene.ts';
import { drawScrew } from './screw.ts';

const SIZE = 256;
const pair = (index: number) => {
  const drawing = { seed: 2342, index, difficulty: 0.3, setup: 0 };
  return { ok: drawScrew(drawing, false, SIZE), bad: drawScrew(drawing, true, SIZE) };
};
const changed = ({ ok, bad }: { ok: Picture; bad: Picture }) =>
  Array.from(ok.data.keys()).filter((at) => ok.data[at] !== bad.data[at]);

/** The first screws with a defect of this kind. */
function withDefect(kind: string, count: number): { ok: Picture; bad: Picture }[] {
  const found: { ok: Picture; bad: Picture }[] = [];
  for (let index = 0; found.length < count; index++) {
    const { bad } = { bad: drawScrew({ seed: 2342, index, difficulty: 0.3, setup: 0 }, true, 16) };
    if (bad.defects[0]?.kind === kind) found.push(pair(index));
  }
  return found;
}

test('a defect changes the picture within its box and nowhere else, when the outline stays', () => {
  for (const kind of ['scratched head', 'scratched neck']) {
    for (const each of withDefect(kind, 3)) {
      const [left, top, width, height] = each.bad.defects[0]?.box ?? [0, 0, 0, 0];
      const outside = changed(each).filter((at) => {
        const [x, y] = [at % SIZE, Math.floor(at / SIZE)];
        return x < left - 1 || y < top - 1 || x > left + width + 1 || y > top + height + 1;
      });
      expect(changed(each).length, kind).toBeGreaterThan(0);
      expect(outside.length, kind).toBe(0);
    }
  }
});

test('what is missing of a screw is missing of its shadow: where the tip was, the table is as light as around it', () => {
  for (const each of withDefect('broken tip', 4)) {
    const places = changed(each);
    const distance = (at: number) => Math.hypot((at % SIZE) - SIZE / 2, Math.floor(at / SIZE) - SIZE / 2);
    // The far end of what changed: the tip itself and its shadow, out of reach of what is left of the screw.
    const far = places.sort((a, b) => distance(b) - distance(a)).slice(0, Math.floor(places.length * 0.35));
    const around = ring(new Set(places), far);
    const mean = (picture: Picture, of: readonly number[]) =>
      of.reduce((sum, at) => sum + (picture.data[at] as number), 0) / of.length;
    expect(Math.abs(mean(each.bad, far) - mean(each.bad, around))).toBeLessThan(4);
  }
});

/** Places that did not change, at most 6 pixels from those that did. */
function ring(changedPlaces: ReadonlySet<number>, far: readonly number[]): number[] {
  const near = new Set<number>();
  for (const at of far) {
    for (let dy = -6; dy <= 6; dy++) for (let dx = -6; dx <= 6; dx++) near.add(at + dy * SIZE + dx);
  }
  return [...near].filter((at) => at >= 0 && at < SIZE * SIZE && !changedPlaces.has(at));
}

test('a picture depends on seed and number alone', () => {
  const drawing = { seed: 9, index: 4, difficulty: 0.5, setup: 1 };
  const first = drawScrew(drawing, true, 64);
  drawScrew({ ...drawing, index: 3 }, true, 64);
  expect(drawScrew(drawing, true, 64)).toEqual(first);
});
