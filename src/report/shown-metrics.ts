/** Which of many numbers a comparison shows: results have hundreds, a person looks at a dozen. All are in the JSON. */
import type { MetricChange } from '../generated/diff.ts';

/** Of an evaluation, in this order. */
const SCORES = [
  'accuracy',
  'balancedAccuracy',
  'macroPrecision',
  'macroRecall',
  'macroF1',
  'microF1',
  'rocAuc',
  'loss',
];
const MOST = 14;
/** Numbers that are neither scores nor sizes come after all others. */
const REST = 100;

/** Those that were tested or differ: scores first, then what training says of validation, sizes, training itself. */
export function shownMetrics(metrics: readonly MetricChange[]): readonly MetricChange[] {
  const weighed = differing(metrics)
    .map((metric) => ({ metric, weight: weightOf(metric.name) }))
    .sort((a, b) => a.weight - b.weight);
  const known = weighed.filter(({ weight }) => weight < REST);
  return (known.length > 0 ? known : weighed).slice(0, MOST).map(({ metric }) => metric);
}

/** How many numbers differ that are not shown. */
export function hiddenMetrics(metrics: readonly MetricChange[]): number {
  return (
    metrics.filter(({ difference }) => difference !== 0).length -
    shownMetrics(metrics).filter(({ difference }) => difference !== 0).length
  );
}

/** Numbers of single classes are many: they have tables of their own. */
function differing(metrics: readonly MetricChange[]): readonly MetricChange[] {
  return metrics.filter(
    ({ tested, difference, name }) => (tested !== null || difference !== 0) && !/^(perClass|classes)\./.test(name),
  );
}

function weightOf(name: string): number {
  const score = SCORES.indexOf(name);
  if (score >= 0) return score;
  if (/^validation\.(loss|accuracy)$/.test(name)) return 20;
  if (/^(epochs|keptEpoch|parameters|flops)$/.test(name)) return 30;
  return /^(train\.)?(loss|accuracy)$/.test(name) ? 40 : REST;
}
