/** One sentence: is the difference more than chance? Follows from the tests, says which, and never more than they show. */
import type { Comparison, MetricChange, Verdict } from '../generated/diff.ts';

/** Chance of a false alarm that is accepted. */
const SIGNIFICANCE = 0.05;

type Facts = Pick<Comparison, 'first' | 'second' | 'stages' | 'metrics' | 'predictions'>;

/** @param comparisons  how many are made at once: p is corrected for them. */
export function verdictOf({ first, second, stages, metrics, predictions }: Facts, comparisons: number): Verdict {
  if (stages.length > 0 && stages.every((each) => each.status === 'reused'))
    return { kind: 'same', sentence: `\`${first}\` and \`${second}\` have the very same results` };
  const metric = headline(metrics);
  if (metric === undefined || metric.tested === null || metric.difference === null)
    return { kind: 'untested', sentence: untested(metrics) };
  const { name, difference, tested } = metric;
  const found = tested.corrected < SIGNIFICANCE;
  const kind = found ? 'distinguishable' : 'indistinguishable';
  const bounds = `95 % interval ${signed(tested.low)} to ${signed(tested.high)}`;
  const chance = `${pText(tested.corrected)}${comparisons > 1 ? `, corrected for ${comparisons} comparisons` : ''}`;
  const basis =
    predictions === null
      ? tested.test === 'corrected-resampled-t'
        ? `over ${metric.first?.count ?? 1} folds`
        : `over ${metric.first?.count ?? 1} and ${metric.second?.count ?? 1} seeds`
      : `on ${predictions.samples.toLocaleString('en')} samples`;
  const change = difference === 0 ? 'is equal' : `differs by ${signed(difference)}`;
  const sentence = found
    ? `the difference is distinguishable from noise: ${name} ${change} (${bounds}; ${chance}; ${basis})`
    : `the difference is not distinguishable from noise: ${name} ${change} (${bounds}; ${chance}; ${basis})`;
  return { kind, metric: name, sentence };
}

/** The metric a verdict is about: accuracy where it is tested, else the first tested one whose name is known as a goal. */
function headline(metrics: readonly MetricChange[]): MetricChange | undefined {
  const tested = metrics.filter((each) => each.tested !== null);
  const named = (pattern: RegExp) => tested.filter(({ name }) => pattern.test(name)).at(-1);
  return named(/^accuracy$/) ?? named(/(^|\.)accuracy$/) ?? named(/(^|\.)(macroF1|f1)$/i) ?? tested[0];
}

function untested(metrics: readonly MetricChange[]): string {
  return metrics.length === 0
    ? 'nothing is measured in both, so whether they differ by more than chance cannot be said'
    : 'whether the difference is more than chance cannot be said: there are no predictions (`predictions.csv`) for the same samples, and no repetitions';
}

/** With as many digits as tell. */
function pText(p: number): string {
  if (p < 0.001) return 'p < 0.001';
  return `p = ${p.toFixed(3)}`;
}

function signed(value: number): string {
  const text = Math.abs(value).toFixed(4);
  return `${value < 0 ? '-' : '+'}${text}`;
}
