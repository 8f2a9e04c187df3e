/** How much each param matters, as bars. */
import type { Chart } from '../../../src/sdk/charts/index.ts';
import type { Importance } from '../../lib/search/importance.ts';
import { numberText } from './number-text.ts';

export function importanceChart(importances: readonly Importance[]): Chart {
  const [first] = importances;
  return {
    name: 'importance',
    spec: {
      title: 'What matters',
      description:
        first === undefined
          ? 'Too few trials to tell.'
          : `PED-ANOVA importance of ${importances.length} params; ${first.path} has the most, ${numberText(first.importance)}.`,
      width: 380,
      height: { step: 22 },
      mark: { type: 'bar' },
      encoding: {
        x: { field: 'importance', type: 'quantitative', title: 'importance', scale: { domain: [0, 1] } },
        y: { field: 'param', type: 'nominal', title: null, sort: importances.map(({ path }) => path) },
      },
    },
    rows: importances.map(({ path, importance }) => ({ param: path, importance })),
  };
}
