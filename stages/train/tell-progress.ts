/** What a person sees while networks are trained: how far all of them are, and how the present one does. */
import type { StageContext } from '../../src/sdk/index.ts';
import type { EpochRecord, TrainingWork, TrainSettings } from '../lib/training/train-types.ts';

/** The hooks of one phase of one training. */
export type TellProgress = (settings: TrainSettings) => Required<Pick<TrainingWork, 'onEpoch' | 'onStep'>>;

/** @param fold  which of how many trainings this is; null: it is the only one. */
export function tellProgress(
  context: Pick<StageContext, 'progress'>,
  fold: { readonly place: number; readonly of: number } | null,
): TellProgress {
  return (settings) => {
    let last: EpochRecord = {};
    let before: number | null = null;
    return {
      onEpoch(_epoch, record) {
        last = record;
      },
      onStep(done, total, loss) {
        // What was done before a kill took none of this run's time, which the time left is told from.
        before ??= done - 1;
        const { place, of } = fold ?? { place: 0, of: 1 };
        const text = progressText(done / (total / settings.epochs), settings, loss, last);
        const which = fold === null ? '' : `fold ${place}, ${place + 1} of ${of}: `;
        context.progress(place * total + done - before, of * total - before, 'steps', `${which}${text}`);
      },
    };
  };
}

function progressText(epochsDone: number, { epochs }: TrainSettings, loss: number, last: EpochRecord): string {
  const measured = last['validation.loss'];
  const validation = measured === undefined ? '' : `, validation loss ${measured.toFixed(3)}`;
  return `epoch ${Math.ceil(epochsDone)} of ${epochs}, loss ${loss.toFixed(3)}${validation}`;
}
