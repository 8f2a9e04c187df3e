/**
 * Promise 1: a run from the cache gives the bytes a clean run would give.
 *
 * Random pipelines, random edits, a run after each; what lies on disk must be what the commands give from nothing, by the
 * oracle in `random-pipeline.ts`. PIPE_CASES sets the number of pipelines: hundreds here, thousands in a longer run.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runInProcess } from '../support/in-process.ts';
import { TestProject } from '../support/project.ts';
import {
  applyEdit,
  cleanResults,
  type Edit,
  randomEdit,
  randomState,
  readResults,
  writePipeline,
} from '../support/random-pipeline.ts';

const CASES = Number(process.env.PIPE_CASES ?? 200);
/** Edits after which work may rightly be done again: they destroy what was kept. */
const DESTROYS: ReadonlySet<Edit['kind']> = new Set(['lose', 'damage-object']);

test(`cached equals clean, over ${CASES} random pipelines with random edits`, { timeout: 3_600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      randomState,
      fc.array(randomEdit, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 4 }),
      async (start, edits, jobs) => {
        const project = new TestProject();
        try {
          let state = start;
          const made = new Set<string>();
          for (const edit of [{ kind: 'nothing' } as Edit, ...edits]) {
            state = applyEdit(project, state, edit);
            writePipeline(project, state);
            const { summary, events } = await runInProcess(project.root, { jobs });
            expect(
              summary.status,
              JSON.stringify(events.filter((each) => each.event === 'problem' || each.event === 'stage-finished')),
            ).toBe('ok');
            expect(readResults(project, state)).toEqual(cleanResults(state));
            if (DESTROYS.has(edit.kind)) made.clear();
            for (const { status, key } of Object.values(summary.stages)) {
              if (status === 'ran') expect(made.has(key as string), 'work that was done is not done twice').toBe(false);
              // A cached result may be in place only, its objects long destroyed; a restored one has them.
              if (status !== 'cached') made.add(key as string);
            }
          }
        } finally {
          project.destroy();
        }
      },
    ),
    { numRuns: CASES },
  );
});

test('the lock is the same for one job and for eight, and in a copy of the project at another path', async () => {
  await fc.assert(
    fc.asyncProperty(randomState, async (state) => {
      const projects = [
        new TestProject(),
        new TestProject(),
        new TestProject({}, fs.mkdtempSync(path.join(os.tmpdir(), 'pipe test "ü" '))),
      ];
      try {
        const locks: string[] = [];
        for (const [index, project] of projects.entries()) {
          writePipeline(project, state);
          await runInProcess(project.root, { jobs: [1, 8, 2][index] as number });
          locks.push(project.read('pipeline.lock'));
        }
        expect(new Set(locks).size).toBe(1);
      } finally {
        for (const project of projects) project.destroy();
      }
    }),
    { numRuns: 15 },
  );
});
