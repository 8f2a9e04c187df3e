/** What `why` and `log` begin with: the stages named, and how they and all they need stand now. */
import type { Problem } from '../base/problem.ts';
import { ok, type Result } from '../base/result.ts';
import { selectNodes, withProducers } from '../plan/selection.ts';
import { type Evaluation, evaluate } from '../run/evaluate.ts';
import type { Session } from '../run/session.ts';
import type { CommandContext } from './command.ts';
import { openFor } from './session.ts';

export interface Looked {
  readonly session: Session;
  /** The nodes named on the command line. */
  readonly chosen: ReadonlySet<number>;
  readonly evaluations: ReadonlyMap<number, Evaluation>;
}

export async function lookAt(context: CommandContext): Promise<Result<Looked, readonly Problem[]>> {
  const opened = await openFor(context);
  if (!opened.ok) return opened;
  const { session } = opened.value;
  const chosen = selectNodes(session.plan, context.operands, true);
  if (!chosen.ok) return chosen;
  const evaluations = await evaluate(session, withProducers(session.plan, chosen.value), new Set());
  session.reader.save();
  return ok({ session, chosen: chosen.value, evaluations });
}
