/**
 * The artifact that `train` leaves, ready to be asked: one network or an ensemble of several, whoever asks need not know.
 */
import path from 'node:path';
import { StageError } from '../../../src/sdk/index.ts';
import type { FeatureContext } from '../backbones/features-of.ts';
import type { Backend } from '../backend/open-backend.ts';
import { readEnsemble } from '../training/ensemble-file.ts';
import { type Inputs, selectInputs } from '../training/inputs.ts';
import { openSingleClassifier, type SingleClassifier } from './single-classifier.ts';

export interface Classifier extends Pick<SingleClassifier, 'shape' | 'weightBytes' | 'close'> {
  /** A backbone that several members stand behind counts once. */
  readonly parameters: number;
  readonly about: Pick<SingleClassifier['about'], 'task' | 'classes'>;
  /** Of a cross-validation: the digest of its division into folds. Null: it was trained once. */
  readonly division: string | null;
  /** Probabilities `[n, classes]`: of an ensemble the mean of its members'. */
  see(images: Inputs, batchSize: number): Promise<Float32Array>;
  /** The same without anything remembered: what an answer costs. */
  seeAnew(images: Inputs, batchSize: number): Promise<Float32Array>;
  /** Each image is seen by the member that did not learn from its fold. @throws StageError for a fold no member left out. */
  seeOutOfFold(images: Inputs, batchSize: number): Promise<Float32Array>;
}

interface Member {
  readonly classifier: SingleClassifier;
  readonly fold: number | null;
}

/** @throws StageError when the folder holds no model. */
export async function openClassifier(context: FeatureContext, backend: Backend, folder: string): Promise<Classifier> {
  const ensemble = readEnsemble(folder);
  const members: Member[] = [];
  for (const { path: below, fold } of ensemble?.members ?? [{ path: '', fold: null }])
    members.push({ classifier: await openSingleClassifier(context, backend, path.join(folder, below)), fold });
  const [first] = members;
  if (first === undefined) throw new Error(`${folder} is an ensemble of nothing`);
  const { about, shape } = first.classifier;
  const classes = about.classes.length;

  return {
    about,
    shape,
    division: ensemble?.division ?? null,
    parameters: countParameters(members),
    weightBytes: members.reduce((sum, { classifier }) => sum + classifier.weightBytes, 0),
    see: (images, batchSize) => meanOf(members, ({ classifier }) => classifier.see(images, batchSize)),
    seeAnew: (images, batchSize) => meanOf(members, ({ classifier }) => classifier.seeAnew(images, batchSize)),
    async seeOutOfFold(images, batchSize) {
      requireFolds(members, images);
      const probabilities = new Float32Array(images.samples.length * classes);
      for (const { classifier, fold } of members) {
        const places = images.samples.flatMap((sample, place) => (sample.fold === fold ? [place] : []));
        const answers = await classifier.see(selectInputs(images, places), batchSize);
        places.forEach((place, i) => {
          probabilities.set(answers.subarray(i * classes, (i + 1) * classes), place * classes);
        });
      }
      return probabilities;
    },
    async close() {
      for (const { classifier } of members) await classifier.close();
    },
  };
}

function countParameters(members: readonly Member[]): number {
  const backbones = new Map<string, number>();
  let own = 0;
  for (const { classifier } of members) {
    const { parameters, backbone } = classifier;
    own += parameters - (backbone?.parameters ?? 0);
    if (backbone !== null) backbones.set(backbone.digest, backbone.parameters);
  }
  return [...backbones.values()].reduce((sum, each) => sum + each, own);
}

function requireFolds(members: readonly Member[], { samples }: Inputs): void {
  const foreign = samples.find((sample) => !members.some(({ fold }) => fold === sample.fold));
  if (foreign === undefined) return;
  throw new StageError(`no member of the model left out \`${foreign.id}\`, of fold ${foreign.fold ?? 'none'}`, {
    code: 'E0810',
    hint: 'evaluate with the dataset the model was trained on',
  });
}

/** Of a single member its own answers, to the last bit. */
async function meanOf(
  members: readonly Member[],
  ask: (member: Member) => Promise<Float32Array>,
): Promise<Float32Array> {
  const answers: Float32Array[] = [];
  for (const member of members) answers.push(await ask(member));
  const [first = new Float32Array(0), ...others] = answers;
  if (others.length === 0) return first;
  return first.map((p, i) => others.reduce((sum, each) => sum + (each[i] as number), p) / answers.length);
}
