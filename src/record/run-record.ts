/** One file a run: what was asked, what came of it, on which machine, from which commit. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Summary } from '../report/events.ts';

interface RecordedRun {
  readonly root: string;
  readonly run: string;
  readonly store: { readonly root: string };
}

export async function writeRunRecord(session: RecordedRun, summary: Summary, argv: readonly string[]): Promise<void> {
  const record = {
    version: 1,
    run: session.run,
    argv,
    finishedAt: new Date().toISOString(),
    summary,
    environment: {
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      cpus: os.availableParallelism(),
      cpu: os.cpus()[0]?.model ?? null,
      memoryBytes: os.totalmem(),
      git: await gitState(session.root),
    },
  };
  const folder = path.join(session.store.root, 'runs');
  fs.mkdirSync(folder, { recursive: true });
  const target = path.join(folder, `${session.run}.json`);
  const temporary = `${target}.tmp`;
  fs.writeFileSync(temporary, `${JSON.stringify(record, null, 1)}\n`);
  fs.renameSync(temporary, target);
}

/** Commit and whether tracked files differ from it; null outside a repository or without git. */
async function gitState(root: string): Promise<{ readonly commit: string; readonly dirty: boolean } | null> {
  if (!isInRepository(root)) return null;
  const { execa } = await import('execa');
  const commit = await execa({ cwd: root, reject: false, stdin: 'ignore' })`git rev-parse HEAD`;
  if (commit.exitCode !== 0) return null;
  const changes = await execa({
    cwd: root,
    reject: false,
    stdin: 'ignore',
  })`git status --porcelain --untracked-files=no`;
  return { commit: commit.stdout, dirty: changes.stdout !== '' };
}

/** Spares starting git, and loading what starts it, where there is no repository. */
function isInRepository(folder: string): boolean {
  for (let at = folder; ; at = path.dirname(at)) {
    if (fs.existsSync(path.join(at, '.git'))) return true;
    if (at === path.dirname(at)) return false;
  }
}
