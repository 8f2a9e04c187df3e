/** What should make a reader stop before believing the numbers: as far as it can be told from predictions and dataset. */
import type { Sample } from '../../src/generated/sample.ts';
import { foldsOf } from '../lib/dataset/folds.ts';
import type { Assessment } from './assess.ts';

export interface Alarm {
  readonly name: 'all-negative' | 'one-class' | 'at-chance' | 'measured-on-train' | 'chosen-by' | 'leak' | 'few-images';
  /** One sentence, lower case, no final period. */
  readonly text: string;
}

/** A wider interval cannot tell most improvements people make: half of it, as a share of images. */
const WIDE = 0.05;

export interface Question {
  readonly split: 'train' | 'validation' | 'test';
  /** Each image was seen by the training that left out its fold. */
  readonly isOutOfFold: boolean;
  readonly classes: readonly string[];
  /** Of all splits. */
  readonly samples: readonly Sample[];
  readonly assessment: Assessment;
}

export function findAlarms({ split, isOutOfFold, classes, samples, assessment }: Question): Alarm[] {
  const { guesses, metrics, intervals, confusion } = assessment;
  const alarms: Alarm[] = [];
  const predicted = new Set(guesses.flat());
  if (confusion === null ? predicted.size === 0 : classes.length === 2 && predicted.size === 1 && predicted.has(0))
    alarms.push({
      name: 'all-negative',
      text: confusion === null ? 'no label was predicted for any image' : `no image was said to be ${classes[1]}`,
    });
  else if (confusion !== null && predicted.size === 1)
    alarms.push({ name: 'one-class', text: `every image was put into ${classes[[...predicted][0] ?? 0]}` });
  const chance = confusion === null ? Math.LN2 : Math.log(classes.length);
  if ((metrics.loss ?? 0) >= chance * 0.99)
    alarms.push({
      name: 'at-chance',
      text: `the loss is ${(metrics.loss ?? 0).toFixed(3)}, and saying the same of every image would give ${chance.toFixed(3)}`,
    });
  if (split === 'train')
    alarms.push({
      name: 'measured-on-train',
      text: 'these are images the model was fitted to: the numbers say nothing about others',
    });
  if (split === 'validation')
    alarms.push({
      name: 'chosen-by',
      text: isOutOfFold
        ? 'no training learned from the images it is measured on, but epochs and settings may have been chosen by them: the numbers are a little too good'
        : 'the epoch and the settings were chosen by these images: the numbers are too good',
    });
  const leaked = split === 'train' ? 0 : isOutOfFold ? leaksBetweenFolds(samples) : leaks(split, samples);
  if (leaked > 0)
    alarms.push({
      name: 'leak',
      text: `${leaked} of the ${split} images, or what belongs to them, are in ${isOutOfFold ? 'two folds' : 'the train split'}`,
    });
  const [low, high] = intervals.get('accuracy') ?? [0, 1];
  if ((high - low) / 2 > WIDE)
    alarms.push({
      name: 'few-images',
      text: `${guesses.length} images tell the accuracy to ${((high - low) * 50).toFixed(1)} points up or down, no better${more(split, samples)}`,
    });
  return alarms;
}

/** How to measure on more images than a small test split has. */
function more(split: string, samples: readonly Sample[]): string {
  if (split !== 'test') return '';
  return foldsOf(samples).length > 0
    ? '; `split: validation` measures on all images of the folds'
    : '; `folds: 5` of `split` would measure on all that are not for the test, too';
}

/** What no two sides may have in common. */
function namesOf({ family, content, group }: Sample): string[] {
  return [
    `family ${family}`,
    ...(content === undefined ? [] : [`content ${content}`]),
    ...(group === undefined ? [] : [`group ${group}`]),
  ];
}

/** Originals that share something with another fold. */
function leaksBetweenFolds(samples: readonly Sample[]): number {
  const folded = samples.filter(({ fold }) => fold !== undefined);
  const foldsByName = new Map<string, Set<number | undefined>>();
  for (const sample of folded) {
    for (const name of namesOf(sample)) {
      const known = foldsByName.get(name) ?? new Set();
      foldsByName.set(name, known.add(sample.fold));
    }
  }
  const isShared = (name: string) => (foldsByName.get(name)?.size ?? 0) > 1;
  return folded.filter((sample) => sample.family === sample.id && namesOf(sample).some(isShared)).length;
}

/** Images of a split that share something with the train split. */
function leaks(split: string, samples: readonly Sample[]): number {
  const learned = new Set(samples.flatMap((each) => (each.split === 'train' ? namesOf(each) : [])));
  return samples.filter((each) => each.split === split && namesOf(each).some((name) => learned.has(name))).length;
}
