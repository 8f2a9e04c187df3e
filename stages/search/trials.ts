/** Trains and measures one setting on one fold, or remembers having done so. */
import { createHash } from 'node:crypto';
import type { Sample } from '../../src/generated/sample.ts';
import type { Json, StageContext } from '../../src/sdk/index.ts';
import { StageError } from '../../src/sdk/index.ts';
import { openBackend } from '../lib/backend/open-backend.ts';
import { type Dataset, isOriginal } from '../lib/dataset/read-dataset.ts';
import { type Inputs, loadInputs, selectInputs } from '../lib/training/inputs.ts';
import { trainModel } from '../lib/training/train-model.ts';
import type { TrainSettings } from '../lib/training/train-types.ts';
import { assignFolds } from './folds.ts';

export interface Trials {
  /** Metrics of the kept epoch; null where training gave no number. */
  measure(settings: TrainSettings, fold: number): Promise<Record<string, number | null>>;
  /** How many trainings were really run. */
  readonly trained: number;
}

type Context = Pick<StageContext, 'itemsFor' | 'random' | 'threads' | 'signal' | 'progress' | 'provenance'>;

interface Division {
  readonly train: Inputs;
  readonly validation: Inputs;
  /** Digest of what is in the two. */
  readonly digest: string;
}

export async function openTrials(
  context: Context,
  dataset: Dataset,
  { folds, seed }: { folds: number; seed: number },
): Promise<Trials> {
  const inputs = await loadInputs(dataset, ({ split }) => split === 'train' || split === 'validation', context);
  const classes = dataset.info.classes.length;
  const divisions = divide(inputs, folds, (stream) => context.random(seed, `folds/${stream}`));
  // The number of trials, the space and the objective are not in the key: they do not change what one training gives.
  const items = context.itemsFor('trials');
  let trained = 0;

  return {
    get trained() {
      return trained;
    },
    async measure(settings, fold) {
      const division = divisions[fold];
      if (division === undefined) throw new RangeError(`no fold ${fold}`);
      const key: Json = { settings: settings as unknown as Json, data: division.digest, classes };
      const bytes = await items.bytes(key, async () => {
        const backend = await openBackend();
        context.provenance('backend', backend.provenance);
        const { train, validation } = division;
        const random = (stream: string) => context.random(settings.seed, stream);
        const result = await trainModel(backend, settings, {
          train,
          validation,
          classes,
          random,
          signal: context.signal,
        });
        result.model.dispose();
        trained++;
        const { epoch: _epoch, ...metrics } = result.kept;
        return Buffer.from(JSON.stringify({ ...metrics, epochs: result.epochs }));
      });
      return JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, number | null>;
    },
  };
}

/** One fold: the splits as they are. More: every fold once as validation, measured on originals only. */
function divide(
  inputs: Inputs,
  folds: number,
  random: (stream: string) => ReturnType<StageContext['random']>,
): Division[] {
  if (folds === 1)
    return [
      division(
        inputs,
        ({ split }) => split === 'train',
        ({ split }) => split === 'validation',
      ),
    ];
  const foldOf = assignFolds(inputs.samples, folds, random);
  return Array.from({ length: folds }, (_, fold) =>
    division(
      inputs,
      ({ id }) => foldOf.get(id) !== fold,
      (sample) => foldOf.get(sample.id) === fold && isOriginal(sample),
    ),
  );
}

function division(
  inputs: Inputs,
  inTrain: (sample: Sample) => boolean,
  inValidation: (sample: Sample) => boolean,
): Division {
  const places = [...inputs.samples.keys()];
  const train = places.filter((place) => inTrain(inputs.samples[place] as Sample));
  const validation = places.filter((place) => inValidation(inputs.samples[place] as Sample));
  if (train.length === 0 || validation.length === 0) {
    throw new StageError('a search needs train and validation images', {
      code: 'E0807',
      hint: 'put a `split` stage before `search`',
    });
  }
  const listing = [train, validation]
    .map((part) => part.map((place) => lineOf(inputs, place)).join('\n'))
    .join('\n--\n');
  const digest = createHash('sha256')
    .update(`${inputs.shape.join('x')}\n${listing}`)
    .digest('hex');
  return { train: selectInputs(inputs, train), validation: selectInputs(inputs, validation), digest };
}

function lineOf(inputs: Inputs, place: number): string {
  return `${inputs.samples[place]?.digest} ${inputs.labels[place]}`;
}
