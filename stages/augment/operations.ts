/** What happens to one copy, drawn from its own stream. */
import type { AugmentParams } from '../../src/generated/stages/augment.ts';
import type { Filled, Random } from '../../src/sdk/index.ts';

export interface Operations {
  readonly degrees: number;
  readonly scale: number;
  readonly flipHorizontal: 0 | 1;
  readonly flipVertical: 0 | 1;
  /** Factor in 1024ths. */
  readonly brightness1024: number;
}

/** Every number is drawn whether it is used or not, so that switching one operation on leaves the others as they were. */
export function drawOperations(params: Filled<AugmentParams>, random: Random): Operations {
  const [horizontal, vertical, turn, size, light] = [0, 0, 0, 0, 0].map(() => random.uniform()) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const [smallest = 1, largest = 1] = params.scale;
  return {
    degrees: round((2 * turn - 1) * params.rotate),
    scale: round(smallest + (largest - smallest) * size),
    flipHorizontal: params.flip.includes('horizontal') && horizontal < 0.5 ? 1 : 0,
    flipVertical: params.flip.includes('vertical') && vertical < 0.5 ? 1 : 0,
    brightness1024: Math.round(1024 * (1 + (2 * light - 1) * params.brightness)),
  };
}

function round(value: number): number {
  return Math.round(value * 10000) / 10000;
}
