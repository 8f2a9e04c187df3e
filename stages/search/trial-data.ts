/**
 * The images of trials: of the search's own input, or of that input under other params of the stages before it.
 *
 * Folds are those of the search's own input; where it has none, and for further repeats, they are drawn over its families. They
 * hold for every variant of it: trials are compared on the same parts. What a variant has besides gets its fold from a stream
 * of its own.
 */
import { createHash, hash } from 'node:crypto';
import type { Sample } from '../../src/generated/sample.ts';
import { type JsonObject, type StageContext, StageError } from '../../src/sdk/index.ts';
import { assignFolds, checkFolds, foldsOf } from '../lib/dataset/folds.ts';
import { groupSamples } from '../lib/dataset/groups.ts';
import { isOriginal, openDataset } from '../lib/dataset/read-dataset.ts';
import { type Inputs, loadInputs } from '../lib/training/inputs.ts';

/** What one training learns from and is measured on, as positions among the inputs. */
export interface Division {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  /** Of what is in the two. */
  readonly digest: string;
}

export interface TrialData {
  /** Tells the data of one search apart. */
  readonly id: string;
  readonly inputs: Inputs;
  readonly classes: number;
  /** Of the backbone that made these inputs out of images; 0 where none did. */
  readonly before: { readonly params: number; readonly flops: number };
  /** By repeat, then fold. */
  readonly divisions: readonly (readonly Division[])[];
}

export interface DataSource {
  readonly classes: number;
  /** The data under these values of params of stages before the search. @throws StageError when it cannot be had. */
  under(reached: JsonObject): Promise<TrialData>;
  /** Whether these values, asked for before, gave the images of the search's own input. */
  isOwn(reached: JsonObject): boolean;
}

/** Variants kept in memory, those used last. */
const MOST_KEPT = 4;

type Context = Pick<StageContext, 'inputs' | 'inputVariant' | 'random' | 'threads' | 'signal' | 'progress'>;

export async function openData(
  context: Context,
  { folds, repeats, seed }: { readonly folds: number; readonly repeats: number; readonly seed: number },
): Promise<DataSource> {
  const own = await load(context, context.inputs.dataset ?? '');
  const { samples } = own.inputs;
  const groups = groupSamples(samples);
  const given = foldsOf(samples);
  checkGiven(folds, given);
  checkFolds(folds, groups, ['trial', 'folds']);
  const stream = (name: string) => context.random(seed, `folds/${name}`);
  const spread = own.inputs.truth === undefined ? 'classes' : 'labels';
  const partings = Array.from({ length: repeats }, (_, repeat) =>
    repeat === 0 && given.length > 0
      ? new Map(samples.map(({ family, fold }) => [family, given.indexOf(fold ?? -1)]))
      : assignFolds(groups, { folds, spread, random: (stratum) => stream(`repeat-${repeat}/${stratum}`) }),
  );
  const kept = new Map<string, Promise<TrialData>>();
  const ownNames = new Set(['{}']);
  let made = 0;

  function foldOf(repeat: number, { family }: Sample): number {
    return partings[repeat]?.get(family) ?? stream(`repeat-${repeat}/family ${family}`).integer(folds);
  }

  function divide({ inputs, classes, digests }: Loaded): TrialData {
    const id = String(made++);
    const before = { params: 0, flops: 0 };
    if (folds === 1) {
      const plain = division(
        inputs,
        digests,
        ({ split }) => split === 'train',
        ({ split }) => split === 'validation',
      );
      return { id, inputs, classes, before, divisions: partings.map(() => [plain]) };
    }
    const divisions = partings.map((_, repeat) => {
      const places = inputs.samples.map((sample) => foldOf(repeat, sample));
      return Array.from({ length: folds }, (_unused, fold) =>
        division(
          inputs,
          digests,
          (_sample, place) => places[place] !== fold,
          (sample, place) => places[place] === fold && isOriginal(sample),
        ),
      );
    });
    return { id, inputs, classes, before, divisions };
  }

  async function open(reached: JsonObject): Promise<TrialData> {
    if (Object.keys(reached).length === 0) return divide(own);
    const { path } = await context.inputVariant('dataset', reached);
    const data = divide(await load(context, path));
    if (digestOf(data) === digestOf(await source.under({}))) ownNames.add(JSON.stringify(reached));
    return data;
  }

  const source: DataSource = {
    classes: own.classes,
    under(reached) {
      const name = JSON.stringify(reached);
      const data = kept.get(name) ?? open(reached);
      kept.delete(name);
      kept.set(name, data);
      const [oldest] = kept.keys();
      if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
      return data;
    },
    isOwn: (reached) => ownNames.has(JSON.stringify(reached)),
  };
  // An input that no trial can use is told of here, once, and not by every trial.
  await source.under({});
  return source;
}

/** What is divided into folds has no images to validate on but theirs. */
function checkGiven(folds: number, given: readonly number[]): void {
  if (given.length === 0 || given.length === folds) return;
  throw new StageError(`the dataset is divided into ${given.length} folds, and \`folds\` is ${folds}`, {
    code: 'E0807',
    hint: `trial: { folds: ${given.length} }`,
    param: ['trial', 'folds'],
  });
}

type Loaded = Pick<TrialData, 'inputs' | 'classes'> & { readonly digests: readonly string[] };

async function load(context: Context, folder: string): Promise<Loaded> {
  const dataset = openDataset(folder);
  try {
    const isUsed = ({ split }: Sample) => split === 'train' || split === 'validation';
    const inputs = await loadInputs(dataset, isUsed, { ...pick(context), progress: () => {} });
    const digests = digestsOf(inputs);
    return { inputs: { ...inputs, pixels: shared(inputs.pixels) }, digests, classes: dataset.info.classes.length };
  } finally {
    dataset.close();
  }
}

function pick({ threads, signal }: Context): Pick<Context, 'threads' | 'signal'> {
  return { threads, signal };
}

/** All workers look at the same bytes. */
function shared(pixels: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(new SharedArrayBuffer(pixels.length));
  bytes.set(pixels);
  return bytes;
}

function digestOf({ divisions }: TrialData): string {
  return divisions
    .flat()
    .map(({ digest }) => digest)
    .join();
}

function division(
  inputs: Inputs,
  digests: readonly string[],
  inTrain: (sample: Sample, place: number) => boolean,
  inValidation: (sample: Sample, place: number) => boolean,
): Division {
  const places = [...inputs.samples.keys()];
  const chosen = (keep: typeof inTrain) =>
    Int32Array.from(places.filter((place) => keep(inputs.samples[place] as Sample, place)));
  const [train, validation] = [chosen(inTrain), chosen(inValidation)];
  if (train.length === 0 || validation.length === 0) {
    throw new StageError('a search needs train and validation images', {
      code: 'E0807',
      hint: 'put a `split` stage before `search`',
    });
  }
  const listing = [train, validation].map((part) =>
    [...part].map((place) => lineOf(inputs, digests, place)).join('\n'),
  );
  const digest = createHash('sha256')
    .update(`${inputs.shape.join('x')}\n${listing.join('\n--\n')}`)
    .digest('hex');
  return { train, validation, digest };
}

/** Of the values of each image as they were read: training sees nothing else of it. */
function digestsOf({ samples, pixels }: Inputs): string[] {
  const size = samples.length === 0 ? 0 : pixels.length / samples.length;
  return samples.map((_, i) => hash('sha256', pixels.subarray(i * size, (i + 1) * size), 'hex'));
}

/** The id counts: what is random about an image hangs on it. */
function lineOf(inputs: Inputs, digests: readonly string[], place: number): string {
  const sample = inputs.samples[place];
  const label = inputs.truth === undefined ? inputs.labels[place] : JSON.stringify(sample?.labels);
  return `${sample?.id} ${digests[place]} ${label}`;
}
