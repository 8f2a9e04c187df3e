/** Models on disk, in the layers format any TensorFlow.js program loads: model.json and weights.bin. */
import fs from 'node:fs';
import path from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { DatasetInfo } from '../../../src/generated/dataset.ts';
import { StageError } from '../../../src/sdk/index.ts';
import type { Backend } from '../backend/open-backend.ts';
import type { NamedWeights } from '../models/initial-weights.ts';
import { readEnsemble } from './ensemble-file.ts';
import type { Normalization } from './inputs.ts';

/** What a model needs besides its weights to be used: kept in model.json as `userDefinedMetadata`. */
export interface ModelAbout {
  readonly task: DatasetInfo['task'];
  readonly classes: readonly string[];
  readonly normalization: Normalization;
}

/** The same weights give the same bytes: no date, no counter goes in. */
export async function saveModel({ tf }: Backend, model: LayersModel, about: ModelAbout, folder: string): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      const weights = tf.io.CompositeArrayBuffer.join(artifacts.weightData ?? new ArrayBuffer(0));
      const text = {
        format: 'layers-model',
        generatedBy: artifacts.generatedBy ?? null,
        convertedBy: null,
        modelTopology: artifacts.modelTopology,
        weightsManifest: [{ paths: ['weights.bin'], weights: artifacts.weightSpecs ?? [] }],
        userDefinedMetadata: about,
      };
      fs.writeFileSync(path.join(folder, 'weights.bin'), new Uint8Array(weights), { flag: 'wx' });
      fs.writeFileSync(path.join(folder, 'model.json'), `${JSON.stringify(text, null, 1)}\n`, { flag: 'wx' });
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
}

/**
 * One network; of an ensemble its first member, which is what can be taken apart. Whoever only asks for answers uses
 * `openClassifier`.
 *
 * @returns the caller disposes the model. @throws StageError when the folder holds no model of this kind.
 */
export async function loadModel(
  { tf, layers }: Backend,
  folder: string,
): Promise<{ model: LayersModel; about: ModelAbout }> {
  const [member] = readEnsemble(folder)?.members ?? [];
  const { text, weightSpecs, weights } = readModelFile(path.join(folder, member?.path ?? ''));
  const model = await layers.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: text.modelTopology,
      weightSpecs,
      weightData: new Uint8Array(weights).buffer,
    }),
  );
  return { model, about: text.userDefinedMetadata as unknown as ModelAbout };
}

/** The weights of a model by name, without building it. @throws StageError as `loadModel`. */
export function readNamedWeights(folder: string): NamedWeights {
  const { weightSpecs, weights } = readModelFile(folder);
  let offset = 0;
  return new Map(
    weightSpecs.map(({ name, shape }) => {
      const bytes = 4 * shape.reduce((product, side) => product * side, 1);
      const values = new Float32Array(new Uint8Array(weights.subarray(offset, offset + bytes)).buffer);
      offset += bytes;
      return [name, { shape, values }];
    }),
  );
}

/** model.json. @throws StageError when there is none. */
export function readModelText(folder: string): io.ModelJSON {
  const file = path.join(folder, 'model.json');
  if (!fs.existsSync(file)) {
    throw new StageError(`\`${folder}\` holds no model.json`, { code: 'E0810', hint: 'from: { model: train }' });
  }
  return JSON.parse(fs.readFileSync(file, 'utf8')) as io.ModelJSON;
}

function readModelFile(folder: string) {
  const text = readModelText(folder);
  const weightSpecs = text.weightsManifest.flatMap((group) => group.weights);
  const names = text.weightsManifest.flatMap(({ paths }) => paths);
  const missing = names.find((name) => !fs.existsSync(path.join(folder, name)));
  if (missing !== undefined) throw incomplete(folder, `the file \`${missing}\` of its weights is missing`);
  const odd = weightSpecs.find(({ dtype, quantization }) => dtype !== 'float32' || quantization !== undefined);
  if (odd !== undefined) throw incomplete(folder, `its weight \`${odd.name}\` is not in single precision`);
  const weights = Buffer.concat(names.map((name) => fs.readFileSync(path.join(folder, name))));
  const bytes = weightSpecs.reduce((total, { shape }) => total + 4 * shape.reduce((size, side) => size * side, 1), 0);
  if (weights.length !== bytes) throw incomplete(folder, `its weights have ${weights.length} bytes, expected ${bytes}`);
  return { text, weightSpecs, weights };
}

function incomplete(folder: string, why: string): StageError {
  return new StageError(`the model in \`${folder}\` cannot be used: ${why}`, {
    code: 'E0810',
    hint: 'copy the whole folder again; convert weights without quantisation',
  });
}
