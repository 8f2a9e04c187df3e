/**
 * Finds processes that a killed runner and its guard left behind.
 *
 * A runner that starts processes leaves a record: who it is, and how its processes are marked. The next run ends what is
 * marked by a runner that is no more. Linux only: elsewhere processes cannot be asked for their marks.
 */
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HAS_PROC, isRunning, processesMarked, startTicks } from './proc.ts';

interface RunnerRecord {
  readonly pid: number;
  readonly startTicks: number;
  /** Boot and pid namespace: a pid means something only there. */
  readonly machine: string;
  readonly marker: string;
}

const LAST_WAIT_MS = 3000;

/** @returns a function that removes the record, for when nothing is left. */
export function recordRunner(stateFolder: string, marker: string): () => void {
  const ticks = startTicks(process.pid);
  if (ticks === null) return () => {};
  const folder = recordsFolder(stateFolder);
  const file = path.join(folder, `${process.pid}-${ticks}-${Date.now()}.json`);
  const record: RunnerRecord = { pid: process.pid, startTicks: ticks, machine: machine(), marker };
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, JSON.stringify(record));
  return () => rmSync(file, { force: true });
}

/** Ends what runners that are no more left running. @returns the number of processes it found. */
export async function endLeftovers(stateFolder: string): Promise<number> {
  if (!HAS_PROC) return 0;
  let found = 0;
  for (const file of recordFiles(recordsFolder(stateFolder))) {
    const record = readRecord(file);
    if (record !== null && (record.machine !== machine() || startTicks(record.pid) === record.startTicks)) continue;
    if (record !== null) found += await killMarked(record.marker);
    rmSync(file, { force: true });
  }
  return found;
}

async function killMarked(marker: string): Promise<number> {
  const killed = new Set<number>();
  const end = Date.now() + LAST_WAIT_MS;
  for (;;) {
    const running = processesMarked(marker).filter(isRunning);
    if (running.length === 0 || Date.now() > end) return killed.size;
    for (const pid of running) {
      killed.add(pid);
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Gone meanwhile, or not ours.
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function recordsFolder(stateFolder: string): string {
  return path.join(stateFolder, 'runners');
}

function recordFiles(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}

/** Null when the record was cut off while it was written: then nothing had been started yet. */
function readRecord(file: string): RunnerRecord | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunnerRecord;
  } catch {
    return null;
  }
}

function machine(): string {
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
}
