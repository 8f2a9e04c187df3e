/**
 * The images of trials as a frozen backbone sees them: each is looked at once, for all trials and folds.
 *
 * Trials train what stands behind the backbone, so the backbone itself is never among what they change.
 */
import { createHash } from 'node:crypto';
import { type StageContext, StageError } from '../../src/sdk/index.ts';
import { useBackbone } from '../lib/backbones/use-backbone.ts';
import { openBackend } from '../lib/backend/open-backend.ts';
import type { Space } from '../lib/search/space.ts';
import { type Inputs, selectInputs } from '../lib/training/inputs.ts';
import type { TrainSettings } from '../lib/training/train-types.ts';
import type { TrialData } from './trial-data.ts';

/** Name of the input: the param that holds its path. */
const INPUT = 'trial.with.model.backbone.path';
const OWN_PATH = 'model.backbone';
/** Variants kept in memory, those used last. */
const MOST_KEPT = 4;

type Context = Pick<StageContext, 'inputs' | 'itemsFor' | 'progress' | 'provenance' | 'signal' | 'threads'>;

export interface BehindBackbone {
  /** The data these settings are trained on: features, where they have a backbone. @throws StageError when it cannot be used. */
  see(settings: TrainSettings, data: TrialData): Promise<TrialData>;
}

/** @throws StageError E0828 for what no trial can do with a backbone. */
export function openBehindBackbone(context: Context, base: TrainSettings, space: Space): BehindBackbone {
  const searched = space.dimensions.find(({ path }) => path === `${OWN_PATH}.path`);
  if (searched !== undefined) {
    throw new StageError('a search cannot choose among backbones, found `model.backbone.path` in its space', {
      code: 'E0828',
      hint: 'make each an experiment: `search.trial.with.model.backbone.path: backbones/mobilenet-v1`',
      param: ['space', searched.path],
    });
  }
  refuseFineTuning(base);
  const kept = new Map<string, Promise<TrialData>>();

  async function open(settings: TrainSettings, data: TrialData): Promise<TrialData> {
    const backend = await openBackend({ threads: context.threads });
    const { inputs } = data;
    const shown = settings.normalize === 'dataset' ? trainOf(inputs) : inputs;
    const backbone = await useBackbone(context, backend, context.inputs[INPUT] ?? '', settings, shown);
    try {
      if (backbone.normalization.kind === 'dataset') refuseFolds(data);
      const { features, shape } = await backbone.featuresOf(inputs);
      const { digest, params, flops } = backbone;
      return {
        id: `${data.id} behind ${digest}`,
        // Pixels are done with, and would go to every worker.
        inputs: { ...inputs, pixels: new Uint8Array(0), features: shared(features), shape },
        classes: data.classes,
        before: { params, flops },
        divisions: data.divisions.map((folds) =>
          folds.map((fold) => ({ ...fold, digest: sha256(`${fold.digest}\n${digest}`) })),
        ),
      };
    } finally {
      await backbone.release();
      backbone.dispose();
    }
  }

  return {
    see(settings, data) {
      const { backbone, layers } = settings.model;
      if (backbone === null) return Promise.resolve(data);
      refuseFineTuning(settings);
      const name = JSON.stringify([data.id, backbone.until, layers === null, settings.normalize]);
      const seen = kept.get(name) ?? open(settings, data);
      kept.delete(name);
      kept.set(name, seen);
      const [oldest] = kept.keys();
      if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
      return seen;
    },
  };
}

/** Whether all trials have the backbone of the base as it is there. */
export function isFixed(space: Space): boolean {
  return !space.dimensions.some(({ path }) => path.startsWith(`${OWN_PATH}.`));
}

function refuseFineTuning({ model }: TrainSettings): void {
  if ((model.backbone?.fineTune ?? null) === null) return;
  throw new StageError('trials train what stands behind a backbone, and `fineTune` would change the backbone itself', {
    code: 'E0828',
    hint: 'leave `fineTune` out of `trial.with`, and give it to `train` with the settings found',
  });
}

/** An image is seen once, for all folds: what is measured on images would be measured on those that a fold is validated with. */
function refuseFolds({ divisions }: TrialData): void {
  if (divisions.every((folds) => folds.length === 1)) return;
  throw new StageError(
    '`normalize: dataset` is of the images a fold learns from, and behind a backbone all folds have one normalisation',
    { code: 'E0828', hint: 'trial: { with: { normalize: image } }', param: ['trial', 'with', 'normalize'] },
  );
}

function trainOf(inputs: Inputs): Inputs {
  const places = inputs.samples.flatMap(({ split }, place) => (split === 'train' ? [place] : []));
  return places.length === 0 ? inputs : selectInputs(inputs, places);
}

/** All workers look at the same numbers. */
function shared(values: Float32Array): Float32Array {
  const copy = new Float32Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
