/** Columns of history.csv by name: which there are, and whether less or more of one is better. */
import { didYouMean } from '../../../src/base/did-you-mean.ts';
import { StageError } from '../../../src/sdk/index.ts';
import { goalOf, isMetricName, METRIC_NAMES } from '../metrics/classification.ts';

/** @throws StageError for a column there is not. @param hasValidation  false: only train is measured. */
export function goalOfColumn(column: string, hasValidation = true): 'minimize' | 'maximize' {
  const [split, name, ...more] = column.split('.');
  if ((split === 'train' || split === 'validation') && name !== undefined && isMetricName(name) && more.length === 0) {
    if (split === 'train' || hasValidation) return goalOf(name);
    throw new StageError(`\`${column}\` is monitored, but no images are left to validate on`, {
      code: 'E0824',
      hint: 'with: { earlyStopping: null }',
    });
  }
  const columns = ['validation', 'train'].flatMap((part) => METRIC_NAMES.map((each) => `${part}.${each}`));
  throw new StageError(
    `no metric is called \`${column}\`, expected \`train.\` or \`validation.\` and one of ${METRIC_NAMES.join(', ')}`,
    { code: 'E0811', hint: didYouMean(column, columns) ?? 'use `validation.loss`' },
  );
}
