/** `pipe why STAGE`: why it would run now, or, when it is up to date, why its result was made. */
import { ok } from '../base/result.ts';
import { jsonLine } from '../report/json-lines.ts';
import { fullReasonText } from '../report/reason-text.ts';
import { findCauses } from '../run/causes.ts';
import type { Evaluation } from '../run/evaluate.ts';
import { previousAction } from '../run/session.ts';
import type { CommandRun, ExitCode } from './command.ts';
import { lookAt } from './look-at.ts';

export const why: CommandRun = async (context) => {
  const looked = await lookAt(context);
  if (!looked.ok) return looked;
  const { session, chosen, evaluations } = looked.value;
  for (const index of chosen) {
    const node = session.plan.nodes[index];
    const evaluation = evaluations.get(index);
    if (node === undefined || evaluation === undefined) continue;
    const causes = findCauses(session, evaluations, index);
    const lastTime = (evaluation.action ?? previousAction(session, node))?.reasons ?? [];
    if (context.options.json) {
      process.stdout.write(
        jsonLine({
          stage: node.stage.name,
          experiment: node.experiment,
          ...evaluation,
          action: undefined,
          causes,
          lastTime,
        }),
      );
      continue;
    }
    process.stdout.write(`${node.stage.name}: ${headingOf(evaluation)}\n`);
    for (const reason of evaluation.reasons) process.stdout.write(`  ${fullReasonText(reason)}\n`);
    for (const cause of causes)
      process.stdout.write(`  because of ${cause.stage}: ${cause.reasons.map(fullReasonText).join('; ')}\n`);
    if (lastTime.length > 0) process.stdout.write(`  when it last ran: ${lastTime.map(fullReasonText).join('; ')}\n`);
  }
  return ok<ExitCode>(0);
};

const HEADINGS = { fresh: 'up to date', stale: 'has to run', unknown: 'may have to run' } as const;

function headingOf({ freshness, work }: Evaluation): string {
  return work === 'restore' ? 'has to be put back in place' : HEADINGS[freshness];
}
