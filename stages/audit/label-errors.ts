/**
 * Confident learning: labels that a classifier which never saw them contradicts with confidence.
 *
 * After Northcutt, Jiang and Chuang (2021), pruning by noise rate: a class's threshold is the mean probability that its own
 * samples get for it; samples above another class's threshold count as that class; from each pair of classes as many samples
 * are named as that count says, those with the largest margin first. Pure.
 */

export interface LabelIssue {
  readonly sample: number;
  readonly suggested: number;
  /** Probability of the suggested class minus that of the given one. */
  readonly margin: number;
}

/**
 * @param probabilities  out of fold, `[n, classes]`.
 * @returns most doubtful first.
 */
export function labelIssues(probabilities: Float64Array, labels: readonly number[], classes: number): LabelIssue[] {
  const at = (sample: number, k: number) => probabilities[sample * classes + k] as number;
  const counts = new Float64Array(classes);
  const thresholds = new Float64Array(classes);
  labels.forEach((label, i) => {
    counts[label] = (counts[label] as number) + 1;
    thresholds[label] = (thresholds[label] as number) + at(i, label);
  });
  thresholds.forEach((sum, k) => {
    thresholds[k] = counts[k] === 0 ? Number.POSITIVE_INFINITY : sum / (counts[k] as number);
  });
  const confident = new Float64Array(classes * classes);
  labels.forEach((label, i) => {
    let best = -1;
    for (let k = 0; k < classes; k++) {
      if (at(i, k) >= (thresholds[k] as number) && (best < 0 || at(i, k) > at(i, best))) best = k;
    }
    if (best >= 0) confident[label * classes + best] = (confident[label * classes + best] as number) + 1;
  });
  const issues = new Map<number, LabelIssue>();
  for (let given = 0; given < classes; given++) {
    const row = confident.subarray(given * classes, (given + 1) * classes);
    const sum = row.reduce((total, count) => total + count, 0);
    for (let other = 0; other < classes; other++) {
      if (other === given || sum === 0) continue;
      // The confident counts of a row are scaled to the samples that carry the label.
      const wanted = Math.round(((row[other] as number) / sum) * (counts[given] as number));
      const candidates = labels
        .flatMap((label, sample) =>
          label === given ? [{ sample, suggested: other, margin: at(sample, other) - at(sample, given) }] : [],
        )
        .filter(({ margin }) => margin > 0)
        .sort((a, b) => b.margin - a.margin || a.sample - b.sample)
        .slice(0, wanted);
      for (const issue of candidates) {
        const known = issues.get(issue.sample);
        if (known === undefined || known.margin < issue.margin) issues.set(issue.sample, issue);
      }
    }
  }
  return [...issues.values()].sort((a, b) => b.margin - a.margin || a.sample - b.sample);
}
