/** A temporary project on a real disk, and the real program run in it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { RunEvent, Summary } from '../../src/report/events.ts';

export const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const PROGRAM = path.join(REPOSITORY, 'bin/pipe.cjs');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface JsonFinished extends Finished {
  readonly events: readonly RunEvent[];
  readonly summary: Summary;
  /** Status by stage of the first experiment. */
  readonly statuses: Readonly<Record<string, string>>;
}

export class TestProject {
  readonly root: string;

  constructor(
    files: Readonly<Record<string, string>> = {},
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-test-')),
  ) {
    this.root = root;
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  path(name: string): string {
    return path.join(this.root, name);
  }

  write(name: string, text: string | Uint8Array): void {
    fs.mkdirSync(path.dirname(this.path(name)), { recursive: true });
    fs.writeFileSync(this.path(name), text);
  }

  read(name: string): string {
    return fs.readFileSync(this.path(name), 'utf8');
  }

  exists(name: string): boolean {
    return fs.existsSync(this.path(name));
  }

  remove(name: string): void {
    fs.rmSync(this.path(name), { recursive: true, force: true });
  }

  /** Runs `pipe ARGS` and waits. */
  pipe(args: readonly string[], env: NodeJS.ProcessEnv = {}): Finished {
    const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
      cwd: this.root,
      env: { ...process.env, NO_COLOR: '1', ...env },
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    return { code: status, stdout, stderr };
  }

  /** Runs `pipe ARGS --json` and reads its events. */
  json(args: readonly string[], env: NodeJS.ProcessEnv = {}): JsonFinished {
    return readEvents(this.pipe([...args, '--json'], env));
  }

  /** Starts `pipe ARGS` and does not wait. */
  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
    return spawn(process.execPath, [PROGRAM, ...args], {
      cwd: this.root,
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** How often a command wrote a line into `name` in the project: counts executions. */
  count(name: string): number {
    return this.exists(name) ? this.read(name).split('\n').length - 1 : 0;
  }

  destroy(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

/** A project that is removed when the test ends. */
export function testProject(files: Readonly<Record<string, string>> = {}): TestProject {
  const project = new TestProject(files);
  onTestFinished(() => project.destroy());
  return project;
}

export function readEvents(finished: Finished): JsonFinished {
  const events = finished.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RunEvent);
  const summary = events.at(-1);
  if (summary?.event !== 'summary') throw new Error(`no summary at the end:\n${finished.stdout}\n${finished.stderr}`);
  const statuses = Object.fromEntries(Object.entries(summary.stages).map(([name, stage]) => [name, stage.status]));
  return { ...finished, events, summary, statuses };
}

/** Waits until a condition holds; fails with the name after a generous time. */
export async function until(what: string, holds: () => boolean, limitMs = 60_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The exit code of a started program, once it has ended. */
export function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode);
    else child.once('exit', (code) => resolve(code));
  });
}
