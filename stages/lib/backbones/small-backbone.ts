/** Writes a small network for colour, with weights drawn at random, for tests of whatever stands behind one. */
import { randomStream } from '../../../src/sdk/index.ts';
import { openBackend } from '../backend/open-backend.ts';
import { buildModel } from '../models/build-model.ts';
import { planLayers } from '../models/plan-layers.ts';
import { modelSettings } from '../models/testing.ts';
import { saveModel } from '../training/model-file.ts';

/** Two blocks, `conv1` to `pool2`, whose layers have the names that a network behind it wants, too. */
export async function writeSmallBackbone(folder: string, shape: [number, number, number], seed = 9): Promise<string> {
  const backend = await openBackend();
  const settings = modelSettings({ filters: 4, blocks: 2, batchNorm: true, dense: 4 });
  const { model } = buildModel(backend, planLayers(settings, 3), shape, {
    random: (stream) => randomStream(seed, stream),
    clock: { step: 0 },
    initializer: 'glorot-uniform',
    output: 'softmax',
  });
  await saveModel(backend, model, { task: 'multi-class', classes: [], normalization: { kind: 'none' } }, folder);
  model.dispose();
  return folder;
}
