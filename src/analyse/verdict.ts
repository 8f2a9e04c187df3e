/** One sentence: is the difference more than chance? Follows from the tests, says which, and never more than they show. */
import type { Comparison, MetricChange, Verdict } from '../generated/diff.ts';

/** Chance of a false alarm that is accepted. */
const SIGNIFICANCE = 0.05;

type Facts = Pick<Comparison, 'first' | 'second' | 'stages' | 'metrics' | 'predictions'>;

/**
 * @param comparisons  how many are made at once: p is corrected for them.
 * @param why          what keeps the two from being tested, where it is not simply that nothing was recorded.
 */
export function verdictOf(facts: Facts, comparisons: number, why: string | null = null): Verdict {
  const { first, second, stages, metrics, predictions } = facts;
  if (stages.length > 0 && stages.every((each) => each.status === 'reused'))
    return { kind: 'same', sentence: `\`${first}\` and \`${second}\` have the very same results` };
  const metric = headline(metrics);
  if (metric === undefined || metric.tested === null || metric.difference === null)
    return { kind: 'untested', sentence: untested(metrics, why) };
  const { name, stage, difference, tested } = metric;
  const isOfSeveral = metrics.some((each) => each.tested !== null && each.name === name && each.stage !== stage);
  const what = isOfSeveral ? `${name} of \`${stage}\`` : name;
  const found = tested.corrected < SIGNIFICANCE;
  const kind = found ? 'distinguishable' : 'indistinguishable';
  const bounds = `95 % interval ${signed(tested.low)} to ${signed(tested.high)}`;
  const chance = `${pText(tested.corrected)}${comparisons > 1 ? `, corrected for ${comparisons} comparisons` : ''}`;
  const basis =
    tested.test === 'corrected-resampled-t'
      ? `over ${metric.first?.count ?? 1} folds`
      : predictions === null
        ? `over ${metric.first?.count ?? 1} and ${metric.second?.count ?? 1} seeds`
        : `on ${countText(predictions.samples)}`;
  const change = difference === 0 ? 'is equal' : `differs by ${signed(difference)}`;
  const sentence = found
    ? `the difference is distinguishable from noise: ${what} ${change} (${bounds}; ${chance}; ${basis})`
    : `the difference is not distinguishable from noise: ${what} ${change} (${bounds}; ${chance}; ${basis})${tested.test === 'mcnemar-mid-p' ? unseen(predictions) : ''}`;
  return { kind, metric: name, sentence };
}

/** The metric a verdict is about: accuracy where it is tested, else the first tested one whose name is known as a goal. */
function headline(metrics: readonly MetricChange[]): MetricChange | undefined {
  const tested = metrics.filter((each) => each.tested !== null);
  const named = (pattern: RegExp) => tested.filter(({ name }) => pattern.test(name)).at(-1);
  return named(/^accuracy$/) ?? named(/(^|\.)accuracy$/) ?? named(/(^|\.)(macroF1|f1)$/i) ?? tested[0];
}

function countText(samples: number): string {
  return `${samples.toLocaleString('en')} ${samples === 1 ? 'sample' : 'samples'}`;
}

/** Normal quantiles of a two-sided test at 0.05 and of a chance of 0.8 to find what is there. */
const FOUND_MOSTLY = 1.96 + 0.8416;

/**
 * What so many samples would not show: the difference that McNemar's test finds in four of five cases when the two disagree
 * as often as these do (R. J. Connor, Biometrics 43, 1987, without the small term).
 */
function unseen(predictions: Comparison['predictions']): string {
  if (predictions === null) return '';
  const { gained, lost, samples } = predictions;
  const least = (FOUND_MOSTLY * Math.sqrt(gained.length + lost.length)) / samples;
  return least === 0
    ? ''
    : `; ${countText(samples)} mostly do not show a true difference below about ${least.toPrecision(2)}`;
}

function untested(metrics: readonly MetricChange[], why: string | null): string {
  if (why !== null) return `whether the difference is more than chance cannot be said: ${why}`;
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
