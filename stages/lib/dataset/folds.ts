/**
 * Folds of a cross-validation: which part of the images each of several trainings is measured on.
 *
 * Drawn in one way for whoever needs them, the stage `split` and a search. Families and what else belongs together stay together.
 */
import type { Sample } from '../../../src/generated/sample.ts';
import { type Random, StageError } from '../../../src/sdk/index.ts';
import type { Part } from './groups.ts';
import { stratifyIteratively } from './iterative.ts';
import { isOriginal } from './read-dataset.ts';

export interface FoldPlan {
  readonly folds: number;
  /** With several labels an image every label is spread on its own; otherwise each class is. */
  readonly spread: 'classes' | 'labels' | 'nothing';
  /** Gives the stream of a stratum. */
  readonly random: (stream: string) => Random;
}

/** @returns the fold of each family, from 0. Originals are spread evenly: a class of single images differs by one at most. */
export function assignFolds(groups: readonly Part[], { folds, spread, random }: FoldPlan): Map<string, number> {
  const foldOf = new Map<string, number>();
  const put = ({ members }: Part, fold: number) => {
    for (const { family } of members) foldOf.set(family, fold);
  };
  if (spread === 'labels') {
    const places = stratifyIteratively(groups, new Array<number>(folds).fill(1 / folds), random('labels'));
    places.forEach((fold, i) => {
      put(groups[i] as Part, fold);
    });
    return foldOf;
  }
  const sizes = new Array<number>(folds).fill(0);
  for (const [name, members] of strataOf(groups, spread === 'classes')) {
    const inStratum = new Array<number>(folds).fill(0);
    const order = random(name).shuffle([...members]);
    // Large groups first: small ones then even out what is left.
    order.sort((a, b) => b.originals - a.originals);
    for (const group of order) {
      // The fold with fewest of this class; of equals the smallest in all, so that remainders of classes even out.
      const fold = inStratum.reduce((best, count, i) => {
        const fewest = inStratum[best] as number;
        return count < fewest || (count === fewest && (sizes[i] as number) < (sizes[best] as number)) ? i : best;
      }, 0);
      inStratum[fold] = (inStratum[fold] as number) + group.originals;
      sizes[fold] = (sizes[fold] as number) + group.originals;
      put(group, fold);
    }
  }
  return foldOf;
}

/** Groups by class, in the order of first members. */
export function strataOf(groups: readonly Part[], byClass: boolean): Map<string, Part[]> {
  const strata = new Map<string, Part[]>();
  for (const group of groups) {
    const name = byClass ? group.stratum : '';
    const members = strata.get(name);
    if (members === undefined) strata.set(name, [group]);
    else members.push(group);
  }
  return strata;
}

/** @throws StageError when there are fewer groups than folds. @param param  where the number is asked for. */
export function checkFolds(folds: number, groups: readonly Part[], param: readonly string[]): void {
  const usable = groups.filter(({ originals }) => originals > 0).length;
  if (folds <= usable) return;
  throw new StageError(`\`folds\` is ${folds}, and there are ${usable} families of images to divide`, {
    code: 'E0807',
    hint: `folds: ${Math.max(1, Math.min(5, usable))}`,
    param,
  });
}

/** The folds that samples are marked with, in order; none where a dataset is divided otherwise. */
export function foldsOf(samples: readonly Sample[]): number[] {
  return [...new Set(samples.flatMap(({ fold }) => fold ?? []))].sort((a, b) => a - b);
}

/** Where a sample is: its fold, else its split. Undefined: the dataset is not divided. */
export function sideOf({ split, fold }: Sample): string | undefined {
  return fold === undefined ? split : `fold ${fold}`;
}

/** What the training that leaves out `fold` learns from: all of the other folds, copies too. */
export function trainsWithout(fold: number, sample: Sample): boolean {
  return sample.fold !== undefined && sample.fold !== fold;
}

/** What that training is measured on: the originals of the fold. */
export function validatesIn(fold: number, sample: Sample): boolean {
  return sample.fold === fold && isOriginal(sample);
}
