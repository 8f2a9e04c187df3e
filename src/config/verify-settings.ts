/** `verify:` of a stage: how far numbers may be from the recorded ones when `pipe verify` runs the stage again. */
import { didYouMean } from '../base/did-you-mean.ts';
import type { Output } from './stage.ts';
import type { StageFields } from './stage-fields.ts';
import { kindOf, member } from './tree.ts';

/**
 * Tolerances by output, or by path of a file inside an output that is a folder. Null when the stage declares none.
 *
 * Two numbers a and b agree within t when |a - b| <= t * max(1, |a|, |b|): absolute near zero, relative for large numbers.
 */
export function readTolerance(
  fields: StageFields,
  outs: readonly Output[],
): Readonly<Record<string, number>> | undefined {
  const declared = member(fields.value('verify'), 'tolerance');
  if (declared?.kind !== 'map') return undefined;
  const tolerance = new Map<string, number>();
  for (const [name, { keyAt, value }] of declared.entries) {
    if (!outs.some((output) => name === output.name || name.startsWith(`${output.name}/`))) {
      const names = outs.map((output) => output.name);
      const hint = didYouMean(name, names);
      fields.problems.error(
        'E1330',
        keyAt,
        `\`tolerance\` names \`${name}\`, which \`${fields.stage}\` does not make`,
        {
          stage: fields.stage,
          expected:
            names.length === 0
              ? 'an output'
              : `one of ${names.map((each) => `\`${each}\``).join(', ')}, or a file in it`,
          ...(hint === undefined ? {} : { hint }),
        },
      );
    } else if (value.kind === 'scalar' && typeof value.value === 'number' && value.value >= 0) {
      tolerance.set(name, value.value);
    } else {
      const expected = 'a number of at least 0, such as 1e-6';
      fields.problems.error('E1330', value.at, `tolerance of \`${name}\` is ${kindOf(value)}`, {
        stage: fields.stage,
        expected,
      });
    }
  }
  return Object.fromEntries(tolerance);
}
