/** One training from images to a kept model: behind a backbone or not, in one phase or two. */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { DatasetInfo } from '../../src/generated/dataset.ts';
import { type StageContext, StageError } from '../../src/sdk/index.ts';
import { countTrainable, useBackbone } from '../lib/backbones/use-backbone.ts';
import type { Backend } from '../lib/backend/open-backend.ts';
import type { Inputs, Normalization } from '../lib/training/inputs.ts';
import { readNamedWeights, saveModel } from '../lib/training/model-file.ts';
import { trainModel } from '../lib/training/train-model.ts';
import type { Trained, TrainingWork, TrainSettings } from '../lib/training/train-types.ts';
import { fineTune, fineTuneSettings } from './fine-tune.ts';
import type { TellProgress } from './tell-progress.ts';

export interface MemberWork {
  readonly info: Pick<DatasetInfo, 'task' | 'classes'>;
  readonly train: Inputs;
  /** Null: nothing is held back. */
  readonly validation: Inputs | null;
  /** File its state is kept in after every epoch; that of a second phase lies beside it. Whoever trains removes both. */
  readonly checkpoint: string;
  /** Folder to leave the first weights in; null: they are there already. */
  readonly initial: string | null;
  readonly tell: TellProgress;
}

/** Backbone included. */
export interface TrainedMember extends Omit<Trained, 'model' | 'clock' | 'normalization'> {
  readonly model: LayersModel;
  readonly normalization: Normalization;
  /** Of the summary, what training leaves as it is in front of the network: the same for all that are trained behind it. */
  readonly shared: Shared;
}

export interface Shared {
  readonly params: number;
  /** For one image. */
  readonly flops: number;
}

const NOTHING: Shared = { params: 0, flops: 0 };

type Context = Pick<StageContext, 'inputs' | 'itemsFor' | 'progress' | 'provenance' | 'random' | 'signal' | 'threads'>;

/** The caller disposes the model. @throws StageError E0827 when no usable weights are left. */
export async function trainMember(
  context: Context,
  backend: Backend,
  settings: TrainSettings,
  member: MemberWork,
): Promise<TrainedMember> {
  const { inputs } = context;
  const { task, classes } = member.info;
  const folder = inputs['model.backbone.path'];
  const backbone = folder === undefined ? null : await useBackbone(context, backend, folder, settings, member.train);
  const train = (await backbone?.featuresOf(member.train)) ?? member.train;
  const { validation: held } = member;
  const validation = held === null ? null : ((await backbone?.featuresOf(held)) ?? held);
  await backbone?.release();
  const fineTuning = settings.model.backbone?.fineTune ?? null;
  const work: TrainingWork = {
    checkpoint: member.checkpoint,
    train,
    validation,
    classes: classes.length,
    random: (stream) => context.random(settings.seed, stream),
    signal: context.signal,
    ...member.tell(settings),
  };
  const { initial } = member;
  const first = await trainModel(backend, settings, {
    ...work,
    ...(inputs.initial === undefined ? {} : { initial: readNamedWeights(inputs.initial) }),
    ...(initial === null
      ? {}
      : {
          onStart: (model: LayersModel, normalization: Normalization) =>
            saveModel(backend, model, { task, classes, normalization }, initial),
        }),
  });
  refuseDiverged(first, settings);
  if (backbone === null) return { ...first, shared: NOTHING };
  const built = backbone.joinTo(first.model);
  const summary = backbone.summaryWith(first.summary);
  const whole = { model: built.model, normalization: backbone.normalization };
  const { params, flops } = backbone;
  if (fineTuning === null) return { ...first, summary, ...whole, shared: { params, flops } };
  backbone.thaw(fineTuning.from);
  const phase = fineTuneSettings(settings, fineTuning);
  const trained = await fineTune(
    backend,
    phase,
    first,
    { built, summary, clock: first.clock },
    {
      ...work,
      ...member.tell(phase),
      train: member.train,
      validation: member.validation,
      checkpoint: secondPhase(member.checkpoint),
    },
  );
  return { ...trained, summary: countTrainable(built.model, summary), ...whole, shared: NOTHING };
}

/** The file of the second phase. */
export function secondPhase(checkpoint: string): string {
  return `${checkpoint}-fine`;
}

function refuseDiverged({ ended, kept, epochs }: Trained, { optimizer }: TrainSettings): void {
  if (ended !== 'diverged' || !Number.isNaN(kept['train.loss'])) return;
  throw new StageError(`the loss became no number in epoch ${epochs}, and no earlier weights are kept`, {
    code: 'E0827',
    hint: `with: { optimizer: { learningRate: ${Number((optimizer.learningRate / 10).toPrecision(3))} } }`,
  });
}
