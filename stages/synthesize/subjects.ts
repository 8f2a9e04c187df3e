/** What can be drawn: classes, and a picture of one of them. */
import { drawFruit, FRUITS } from '../lib/synthesis/fruit.ts';
import { draws } from '../lib/synthesis/noise.ts';
import { drawPlate, HEIGHT, WIDTH } from '../lib/synthesis/plate.ts';
import type { Drawing, Picture } from '../lib/synthesis/scene.ts';
import { drawScrew } from '../lib/synthesis/screw.ts';

export interface Subject {
  readonly classes: readonly string[];
  /** @param isOdd  whether it gets a size of its own. */
  draw(drawing: Drawing, label: string, size: number, isOdd: boolean): Picture;
}

/** Other sizes as they come in pictures from the web; 31, as the fifth reference project found. */
const ODD_SIZES: readonly (readonly [number, number])[] = [
  [225, 225],
  [201, 251],
  [275, 183],
  ...Array.from({ length: 28 }, (_, i) => [170 + 9 * i, 320 - 5 * i] as const),
];

export const SUBJECTS: Readonly<Record<'plates' | 'screws' | 'fruit', Subject>> = {
  plates: {
    classes: ['ok', 'defective'],
    draw({ seed, index, difficulty, setup }, label) {
      const { pixels, defects } = drawPlate(seed, index, label === 'defective', difficulty);
      return {
        width: WIDTH,
        height: HEIGHT,
        channels: 3,
        data: pixels,
        defects: defects.map(({ kind, severity, x, y }) => {
          const [left, top] = [Math.max(0, x - 8 + WIDTH / 2), Math.max(0, y - 8 + HEIGHT / 2)].map(Math.round);
          return { kind, severity: Math.round(severity * 1000) / 1000, box: [left ?? 0, top ?? 0, 16, 16] };
        }),
        setup,
      };
    },
  },
  screws: {
    classes: ['ok', 'defective'],
    draw: (drawing, label, size) => drawScrew(drawing, label === 'defective', size),
  },
  fruit: {
    classes: FRUITS,
    draw(drawing, label, size, isOdd) {
      const fruit = FRUITS.find((name) => name === label) ?? 'tomato';
      const [width, height] = isOdd ? draws(drawing.seed, drawing.index, 31).pick(ODD_SIZES) : [size, size];
      return drawFruit(drawing, fruit, width, height);
    },
  },
};
