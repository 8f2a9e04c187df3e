/**
 * A quick classifier on small features, cross-validated: it finds labels and splits that stand out before any network is trained.
 *
 * Not a model to use: its accuracy only says how far layout and colour alone go.
 */
import type { Random } from '../../src/sdk/index.ts';
import { fitSoftmax } from '../lib/learn/softmax-regression.ts';

const FOLDS = 5;
/** Fits take no more rows than this, so that a large dataset costs little; every row gets a prediction. */
const MOST_ROWS = 4000;
const PENALTY = 0.01;

export interface Row {
  readonly features: Uint8Array;
  readonly label: number;
  /** Rows of one group are predicted together, by a model that saw none of them. */
  readonly group: string;
}

/** @returns out-of-fold probabilities `[n, classes]`; null when a class has too few groups for folds. */
export function crossValidate(rows: readonly Row[], classes: number, random: Random): Float64Array | null {
  const fold = foldsOf(rows, random);
  const width = rows[0]?.features.length ?? 0;
  const result = new Float64Array(rows.length * classes);
  for (let k = 0; k < FOLDS; k++) {
    const inside = rows.flatMap((_, i) => (fold[i] === k ? [] : [i]));
    const chosen = inside.length > MOST_ROWS ? random.shuffle([...inside]).slice(0, MOST_ROWS) : inside;
    const labels = chosen.map((i) => rows[i]?.label ?? 0);
    if (new Set(labels).size < classes) return null;
    const outside = rows.flatMap((_, i) => (fold[i] === k ? [i] : []));
    const model = fitSoftmax(matrix(rows, chosen, width), labels, classes, PENALTY);
    const p = model.probabilities(matrix(rows, outside, width));
    outside.forEach((i, at) => {
      result.set(p.subarray(at * classes, (at + 1) * classes), i * classes);
    });
  }
  return result;
}

/** Groups in random order, one after another to the next fold, class by class. */
function foldsOf(rows: readonly Row[], random: Random): number[] {
  const labelOf = new Map<string, number>();
  for (const { group, label } of rows) if (!labelOf.has(group)) labelOf.set(group, label);
  const foldOf = new Map<string, number>();
  const order = random.shuffle([...labelOf.keys()]).sort((a, b) => (labelOf.get(a) ?? 0) - (labelOf.get(b) ?? 0));
  order.forEach((group, place) => {
    foldOf.set(group, place % FOLDS);
  });
  return rows.map(({ group }) => foldOf.get(group) ?? 0);
}

function matrix(rows: readonly Row[], chosen: readonly number[], width: number): Float64Array {
  const result = new Float64Array(chosen.length * width);
  chosen.forEach((i, at) => {
    result.set(rows[i]?.features ?? [], at * width);
  });
  return result;
}

/** Cramér's V of a yes-or-no property and the class, 0 to 1, with Bergsma's correction for small samples (2013). */
export function association(property: readonly boolean[], labels: readonly number[], classes: number): number {
  const n = labels.length;
  const yes = property.filter(Boolean).length;
  if (yes === 0 || yes === n) return 0;
  const counts = new Float64Array(classes * 2);
  labels.forEach((label, i) => {
    const at = label * 2 + (property[i] ? 1 : 0);
    counts[at] = (counts[at] as number) + 1;
  });
  let chiSquare = 0;
  let present = 0;
  for (let k = 0; k < classes; k++) {
    const of = (counts[k * 2] as number) + (counts[k * 2 + 1] as number);
    if (of === 0) continue;
    present++;
    for (const [column, share] of [(n - yes) / n, yes / n].entries()) {
      chiSquare += ((counts[k * 2 + column] as number) - of * share) ** 2 / (of * share);
    }
  }
  const phi = Math.max(0, chiSquare / n - (present - 1) / (n - 1));
  const rows = present - (present - 1) ** 2 / (n - 1);
  const columns = 2 - 1 / (n - 1);
  const smaller = Math.min(rows, columns) - 1;
  return smaller <= 0 ? 0 : Math.sqrt(phi / smaller);
}
