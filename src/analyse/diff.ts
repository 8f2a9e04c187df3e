/** Results compared with the first of them: the one value from which terminal, JSON, Markdown and HTML are made. */
import { shellWord } from '../base/shell-word.ts';
import type { Comparison, Diff, DiffSubject } from '../generated/diff.ts';
import { compareMetrics } from './compare-metrics.ts';
import { compareSamples } from './compare-samples.ts';
import { compareStages } from './compare-stages.ts';
import { costOf } from './cost.ts';
import { compareCurves } from './curves.ts';
import type { Records } from './records.ts';
import { holm } from './statistics/holm.ts';
import { runsOf, type Subject } from './subject.ts';
import { verdictOf } from './verdict.ts';

/** @param subjects  two or more; the first is what the others are compared with. */
export function diffOf(records: Records, subjects: readonly Subject[]): Diff {
  const [first, ...others] = subjects;
  if (first === undefined) return { version: 1, subjects: [], comparisons: [] };
  const drafts = others.map((second) => compare(records, first, second));
  correct(drafts);
  const comparisons = drafts.map((draft, place) => ({
    ...draft,
    verdict: verdictOf(draft, drafts.length, obstacle(first, others[place] ?? first)),
  }));
  return { version: 1, subjects: subjects.map(described), comparisons };
}

type Draft = Omit<Comparison, 'verdict'>;

function compare(records: Records, first: Subject, second: Subject): Draft {
  const [a, b] = [first.members[0], second.members[0]];
  if (a === undefined || b === undefined) throw new Error('a subject has at least one member');
  return {
    first: first.name,
    second: second.name,
    ...compareStages(first.members, second.members),
    samples: compareSamples(records, a, b),
    ...compareMetrics(records, first, second),
    curves: compareCurves(records, first.members, second.members),
  };
}

/** What keeps two results from being tested, and can be helped. */
function obstacle(first: Subject, second: Subject): string | null {
  const gone = [first, second].find(({ members }) =>
    members.some(({ stages }) => [...stages.values()].some(({ action }) => action === null)),
  );
  if (gone !== undefined)
    return `results of \`${gone.name}\` are not in the store${gone.kind === 'experiment' ? ` (\`pipe run --experiment ${shellWord(gone.name)}\` makes them, or fetches them)` : ''}`;
  if (first.kind === 'trial' && second.kind === 'trial')
    return 'the trials were not trained over the same folds (`folds` in the params of the search)';
  if (first.members.length + second.members.length > 2) return 'one training is part of both';
  return null;
}

/** Holm's correction over the comparisons, for each metric by itself: one false alarm among all rows has the stated chance. */
function correct(drafts: readonly Draft[]): void {
  const nameOf = ({ stage, name }: { stage: string; name: string }) => `${stage}\n${name}`;
  const names = new Set(drafts.flatMap(({ metrics }) => metrics.map(nameOf)));
  for (const name of names) {
    const tested = drafts.map(({ metrics }) => metrics.find((each) => nameOf(each) === name)?.tested ?? null);
    holm(tested.map((each) => each?.p ?? null)).forEach((corrected, place) => {
      const target = tested[place];
      if (target && corrected !== null) target.corrected = corrected;
    });
  }
}

function described({ name, kind, members, commit }: Subject): DiffSubject {
  return {
    name,
    kind,
    members: members.map((each) => each.experiment),
    runs: runsOf(members),
    commit,
    cost: costOf(members),
  };
}
