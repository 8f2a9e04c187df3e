/** What should make a reader stop before believing the numbers: as far as it can be told from predictions and dataset. */
import type { Sample } from '../../src/generated/sample.ts';
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
  readonly classes: readonly string[];
  /** Of all splits. */
  readonly samples: readonly Sample[];
  readonly assessment: Assessment;
}

export function findAlarms({ split, classes, samples, assessment }: Question): Alarm[] {
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
      text: 'the epoch and the settings were chosen by these images: the numbers are too good',
    });
  const leaked = split === 'train' ? 0 : leaks(split, samples);
  if (leaked > 0)
    alarms.push({
      name: 'leak',
      text: `${leaked} of the ${split} images, or copies of them, are in the train split`,
    });
  const [low, high] = intervals.get('accuracy') ?? [0, 1];
  if ((high - low) / 2 > WIDE)
    alarms.push({
      name: 'few-images',
      text: `${guesses.length} images tell the accuracy to ${((high - low) * 50).toFixed(1)} points up or down, no better`,
    });
  return alarms;
}

/** Images of a split whose original, or whose pixels, are in the train split too. */
function leaks(split: string, samples: readonly Sample[]): number {
  const train = samples.filter((each) => each.split === 'train');
  const families = new Set(train.map(({ family }) => family));
  const contents = new Set(train.flatMap(({ content }) => content ?? []));
  return samples.filter(
    (each) =>
      each.split === split && (families.has(each.family) || (each.content !== undefined && contents.has(each.content))),
  ).length;
}
