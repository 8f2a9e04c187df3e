/**
 * Removes what nothing kept needs, while no run uses the store.
 *
 * The plan is made after the store is ours alone: a run that ended a moment ago is then among what is kept. Records go
 * before objects, so that a crash in between leaves objects nothing names (the next collection finds them), never a record
 * whose objects are gone.
 */
import { rmSync } from 'node:fs';
import type { Problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { actionFile } from './action-records.ts';
import { type GcPlan, type GcRoots, planGc } from './gc-plan.ts';
import type { LocalStore } from './open-store.ts';
import { storeProblem } from './store-problem.ts';
import { removeDeadFolders } from './temporary-folders.ts';

/**
 * @param roots  says what to keep, as of when it is called; a problem when that is not known.
 * @returns      what was removed.
 */
export async function collectGarbage(
  store: LocalStore,
  roots: () => Result<GcRoots, Problem>,
  signal: AbortSignal,
): Promise<Result<GcPlan, Problem>> {
  const hold = await store.exclusive(signal);
  if (!hold.ok) return hold;
  try {
    const kept = roots();
    if (!kept.ok) return kept;
    const plan = planGc(store, kept.value);
    for (const result of plan.results) rmSync(actionFile(store.root, result.key), { force: true });
    for (const file of [...plan.files, ...plan.objects]) rmSync(file.path, { recursive: true, force: true });
    removeDeadFolders(store.root);
    return ok(plan);
  } catch (error) {
    return fail(storeProblem(store.root, error));
  } finally {
    hold.value.release();
  }
}
