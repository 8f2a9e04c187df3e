/**
 * What runs leave in folders of `cache/` that nothing refers to: it goes when nobody has touched it for long.
 *
 * Only names of the runner's own form count. Anything else there was put there by somebody, and stays.
 */
import { lstatSync, type Stats } from 'node:fs';
import path from 'node:path';
import { namesIn } from './object-files.ts';

export interface GcFile {
  /** Absolute: a file, or a folder with all in it. */
  readonly path: string;
  readonly sizeBytes: number;
}

const RUN = '(\\d{8}T\\d{6}Z-[0-9a-f]{6})';
const DIGEST = /^[0-9a-f]{64}$/;

/** The folders, and what the runner calls its entries there. */
const OWN_NAMES: Readonly<Record<string, RegExp>> = {
  runs: new RegExp(`^${RUN}(\\.json|\\.events\\.jsonl)$`),
  logs: new RegExp(`^${RUN}$`),
  edited: new RegExp(`^${RUN}$`),
  items: DIGEST,
  checkpoints: DIGEST,
};

/**
 * @param keptRuns     whose record, log and kept-aside files stay however old they are.
 * @param olderThanMs  what was written to since then stays.
 */
export function agedFiles(root: string, keptRuns: ReadonlySet<string>, olderThanMs: number): GcFile[] {
  const aged: GcFile[] = [];
  for (const [folder, form] of Object.entries(OWN_NAMES)) {
    for (const name of namesIn(path.join(root, folder))) {
      const match = form.exec(name);
      if (match === null || keptRuns.has(match[1] ?? '')) continue;
      addIfOlder(aged, path.join(root, folder, name), olderThanMs);
    }
  }
  // Named by stages, which may have any name; the runner makes only folders there.
  for (const name of namesIn(path.join(root, 'failed'))) {
    const file = path.join(root, 'failed', name);
    if (lstatSync(file, { throwIfNoEntry: false })?.isDirectory()) addIfOlder(aged, file, olderThanMs);
  }
  return aged;
}

function addIfOlder(aged: GcFile[], file: string, olderThanMs: number): void {
  const found = measure(file);
  if (found.touchedMs < olderThanMs) aged.push({ path: file, sizeBytes: found.sizeBytes });
}

/** Size of a file or of all in a folder, and when any of it was last written to. */
export function measure(file: string): { readonly sizeBytes: number; readonly touchedMs: number } {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return { sizeBytes: 0, touchedMs: Number.POSITIVE_INFINITY };
  let { sizeBytes, touchedMs } = ownMeasure(stats);
  if (!stats.isDirectory()) return { sizeBytes, touchedMs };
  for (const name of namesIn(file)) {
    const inner = measure(path.join(file, name));
    sizeBytes += inner.sizeBytes;
    touchedMs = Math.max(touchedMs, inner.touchedMs);
  }
  return { sizeBytes, touchedMs };
}

function ownMeasure(stats: Stats): { sizeBytes: number; touchedMs: number } {
  return { sizeBytes: stats.isDirectory() ? 0 : stats.size, touchedMs: stats.mtimeMs };
}
