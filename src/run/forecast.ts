/** How long each stage took the last time it really ran. */
import { previousAction, type Session } from './session.ts';

/** Seconds by node; null for stages that never ran. */
export function pastSeconds(session: Pick<Session, 'plan' | 'lock' | 'store'>): (number | null)[] {
  if (session.lock.size === 0) return session.plan.nodes.map(() => null);
  return session.plan.nodes.map((node) => previousAction(session, node)?.seconds ?? null);
}
