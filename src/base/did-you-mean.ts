/** Finds the name a user probably meant. Pure; small lists only (the cost grows with the number of candidates). */

/**
 * The candidate nearest to `name`, or null when none is near enough to be a typing mistake of it.
 *
 * Near enough: at most one edit for names of up to four characters, else at most four in ten characters. Case alone counts
 * half an edit, so that `Train` finds `train` before `drain`.
 */
export function closest(name: string, candidates: Iterable<string>): string | null {
  const limit = Math.max(1, Math.floor(name.length * 0.4));
  let best: string | null = null;
  let bestDistance = limit + 0.25;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) > limit) continue;
    const exact = editDistance(name, candidate);
    const folded = editDistance(name.toLowerCase(), candidate.toLowerCase());
    const distance = folded + (exact > folded ? 0.5 : 0);
    if (distance < bestDistance || (folded === 0 && best === null)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `did you mean ...?` ready to be used as a hint; undefined when nothing is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const near = closest(name, candidates);
  return near === null ? undefined : `did you mean \`${near}\`?`;
}

/** Edits that turn `a` into `b`: insert, delete, replace, swap two neighbours (optimal string alignment distance). */
export function editDistance(a: string, b: string): number {
  const width = b.length + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: width }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j < width; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, at(beforeLast, j - 2) + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? 0;
}
