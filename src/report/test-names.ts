/** What people call the tests that a comparison names. */
import type { Tested } from '../generated/diff.ts';

export const TEST_NAMES = {
  'mcnemar-mid-p': 'McNemar',
  bootstrap: 'bootstrap',
  delong: 'DeLong',
  'paired-t': 'paired t',
  'welch-t': 'Welch',
  'one-against-several-t': 'one vs several t',
  'corrected-resampled-t': 'corrected t',
} as const satisfies Record<Tested['test'], string>;
