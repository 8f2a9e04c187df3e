/** What the audit reports: kinds of findings, how bad each is, and the rules by which findings fail a pipeline. */

/** error: the numbers of this dataset cannot be trusted. warning: likely a mistake. review: look at it. */
export type Severity = 'error' | 'warning' | 'review';

export const KINDS = {
  unreadable: 'error',
  'duplicate-across-splits': 'error',
  'duplicate-with-another-label': 'error',
  duplicate: 'warning',
  'near-duplicate-across-splits': 'error',
  'near-duplicate-with-another-label': 'warning',
  'near-duplicate': 'review',
  'family-across-splits': 'error',
  'derived-outside-train': 'error',
  'single-class': 'error',
  'empty-class': 'error',
  imbalance: 'warning',
  'small-test': 'warning',
  'odd-size': 'review',
  'odd-aspect': 'review',
  'gray-coded-as-colour': 'review',
  'gray-predicts-label': 'error',
  dark: 'review',
  light: 'review',
  blurred: 'review',
  'low-information': 'review',
  drift: 'warning',
  'splits-told-apart': 'warning',
  'label-issue': 'review',
} as const satisfies Record<string, Severity>;

export type Kind = keyof typeof KINDS;

export interface Finding {
  readonly kind: Kind;
  /** Ids of the samples it is about; empty when it is about the whole. */
  readonly samples: readonly string[];
  /** One sentence: what was found. */
  readonly text: string;
  /** The number it rests on, where there is one: bits, a statistic, a count. */
  readonly value: number | null;
}

export function finding(kind: Kind, samples: readonly string[], text: string, value: number | null = null): Finding {
  return { kind, samples, text, value: value === null ? null : Number(value.toFixed(6)) };
}

/** How many findings of each kind there are, kinds without one left out, in the order of KINDS. */
export function countKinds(findings: readonly Finding[]): Partial<Record<Kind, number>> {
  const counts: Partial<Record<Kind, number>> = {};
  for (const kind of Object.keys(KINDS) as Kind[]) {
    const count = findings.filter((each) => each.kind === kind).length;
    if (count > 0) counts[kind] = count;
  }
  return counts;
}
