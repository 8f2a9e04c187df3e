/**
 * Functions whose optimum is known, on which searches are compared.
 *
 * Branin and Hartmann-6 are the usual two (Dixon and Szegö 1978). `mixed` is shaped like a search over small networks:
 * conditions, a list of layers, logarithmic whole numbers, steps, interactions. `levy` and `rastrigin` have many local
 * optima; `steps` has nothing but whole numbers and choices.
 */
import { parseSpace } from '../../stages/lib/search/parse-space.ts';
import type { Space } from '../../stages/lib/search/space.ts';
import type { Settings } from '../../stages/lib/search/types.ts';

export interface TestFunction {
  readonly name: string;
  readonly space: Space;
  /** To be minimised. */
  readonly evaluate: (settings: Settings) => number;
  /** Its smallest value. */
  readonly least: number;
}

type Spec = Parameters<typeof parseSpace>[0];

export function spaceOf(spec: Spec): Space {
  const parsed = parseSpace(spec, 'tpe');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure));
  return parsed.value;
}

const numberAt = (settings: Settings, path: string) => settings[path] as number;

function coordinates(count: number, low: number, high: number): Space {
  return spaceOf(Object.fromEntries(Array.from({ length: count }, (_, i) => [`x${i}`, { range: [low, high] }])));
}

const point = (settings: Settings, count: number) =>
  Array.from({ length: count }, (_, i) => numberAt(settings, `x${i}`));

const branin: TestFunction = {
  name: 'branin',
  space: spaceOf({ x: { range: [-5, 10] }, y: { range: [0, 15] } }),
  least: 0.39788735772973816,
  evaluate(settings) {
    const [x, y] = [numberAt(settings, 'x'), numberAt(settings, 'y')];
    const valley = y - (5.1 / (4 * Math.PI ** 2)) * x ** 2 + (5 / Math.PI) * x - 6;
    return valley ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
  },
};

const HARTMANN_HEIGHTS = [1, 1.2, 3, 3.2];
const HARTMANN_WIDTHS = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const HARTMANN_CENTRES = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];

const hartmann: TestFunction = {
  name: 'hartmann-6',
  space: coordinates(6, 0, 1),
  least: -3.3223680114155147,
  evaluate(settings) {
    const x = point(settings, 6);
    return -HARTMANN_HEIGHTS.reduce((sum, height, row) => {
      const away = x.reduce(
        (total, value, i) =>
          total + (HARTMANN_WIDTHS[row]?.[i] ?? 0) * (value - (HARTMANN_CENTRES[row]?.[i] ?? 0)) ** 2,
        0,
      );
      return sum + height * Math.exp(-away);
    }, 0);
  },
};

const mixed: TestFunction = {
  name: 'mixed',
  space: spaceOf({
    optimizer: { choice: ['sgd', 'adam', 'rmsprop'] },
    rate: { range: [1e-5, 1], log: true },
    momentum: { range: [0, 0.99], when: { optimizer: 'sgd' } },
    layers: { list: { length: { range: [1, 5] }, item: { filters: { range: [4, 128], log: true, integer: true } } } },
    dense: { range: [16, 512], log: true, integer: true },
    dropout: { range: [0, 0.6], step: 0.1 },
    batchNorm: { choice: [true, false] },
  }),
  least: 0,
  evaluate(settings) {
    const optimizer = settings.optimizer as 'sgd' | 'adam' | 'rmsprop';
    const best = { sgd: -1, adam: -3, rmsprop: -3.5 }[optimizer];
    let value = { sgd: 0, adam: 0.01, rmsprop: 0.03 }[optimizer];
    value += 0.08 * (Math.log10(numberAt(settings, 'rate')) - best) ** 2;
    if (optimizer === 'sgd') value += 0.3 * (numberAt(settings, 'momentum') - 0.9) ** 2;
    const layers = numberAt(settings, 'layers.length');
    value += 0.02 * (layers - 3) ** 2;
    for (let i = 0; i < layers; i++) {
      value += (0.02 / layers) * (Math.log2(numberAt(settings, `layers.${i}.filters`)) - 3 - i) ** 2;
    }
    value += 0.01 * Math.log2(numberAt(settings, 'dense') / 96) ** 2;
    const isNormed = settings.batchNorm === true;
    return value + (isNormed ? 0 : 0.02) + 0.2 * (numberAt(settings, 'dropout') - (isNormed ? 0.1 : 0.4)) ** 2;
  },
};

const levy: TestFunction = {
  name: 'levy-5',
  space: coordinates(5, -10, 10),
  least: 0,
  evaluate(settings) {
    const w = point(settings, 5).map((x) => 1 + (x - 1) / 4);
    const [first = 1, last = 1] = [w[0], w.at(-1)];
    const inner = w.slice(0, -1).reduce((sum, x) => sum + (x - 1) ** 2 * (1 + 10 * Math.sin(Math.PI * x + 1) ** 2), 0);
    return Math.sin(Math.PI * first) ** 2 + inner + (last - 1) ** 2 * (1 + Math.sin(2 * Math.PI * last) ** 2);
  },
};

const rastrigin: TestFunction = {
  name: 'rastrigin-3',
  space: coordinates(3, -5.12, 5.12),
  least: 0,
  evaluate: (settings) => point(settings, 3).reduce((sum, x) => sum + 10 + x * x - 10 * Math.cos(2 * Math.PI * x), 0),
};

const steps: TestFunction = {
  name: 'steps',
  space: spaceOf({
    a: { range: [0, 20], integer: true },
    b: { range: [1, 1024], integer: true, log: true },
    c: { range: [0, 1], step: 0.05 },
    d: { choice: ['u', 'v', 'w', 'x'] },
    e: { choice: [1, 2, 4, 8] },
    f: { choice: [false, true] },
  }),
  least: 0,
  evaluate({ a, b, c, d, e, f }) {
    const letter = { u: 0.5, v: 0, w: 0.3, x: 0.2 }[d as 'u' | 'v' | 'w' | 'x'];
    return (
      0.01 * ((a as number) - 13) ** 2 +
      0.1 * Math.abs(Math.log2((b as number) / 32)) +
      (f === true ? 1 : 2) * ((c as number) - 0.35) ** 2 +
      letter * (f === true ? 1 : 0.5) +
      0.1 * Math.abs(Math.log2((e as number) / 4)) +
      (f === true ? 0 : 0.1)
    );
  },
};

export const FUNCTIONS: readonly TestFunction[] = [branin, hartmann, mixed, levy, rastrigin, steps];
