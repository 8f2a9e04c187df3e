/** Metrics whose recorded file is gone: the numbers the lock has of it are still there to compare with. */
import type { Output } from '../../config/stage.ts';
import type { LockedStage } from '../../record/lock-file.ts';
import { numbersIn, readMetrics } from '../../record/metric-values.ts';
import type { OutputComparison, OutputPair } from './compare-outputs.ts';
import { exactly, within } from './number-files.ts';

/** Null when this is no such case. */
export async function compareNumbers(
  { recorded, now }: OutputPair,
  output: Output,
  entry: LockedStage,
  tolerance: Readonly<Record<string, number>>,
): Promise<OutputComparison | null> {
  if (output.role !== 'metrics' || recorded.artifact === null || recorded.place !== null || now.place === null)
    return null;
  if (now.artifact === null || now.artifact.digest === recorded.artifact.digest) return null;
  const prefix = `${output.name}:`;
  const made = numbersIn(await readMetrics(now.place));
  const allowed = tolerance[output.name];
  const near = allowed === undefined ? exactly : within(allowed);
  const names = new Set([...Object.keys(made), ...namesAfter(prefix, entry.metrics)]);
  const how = [...names].flatMap((name) => {
    const [was, is] = [entry.metrics[name === '' ? output.name : prefix + name], made[name]];
    if (was !== undefined && is !== undefined && near(was, is)) return [];
    return [`${name === '' ? 'value' : name}: ${was ?? 'absent'} -> ${is ?? 'absent'}`];
  });
  if (how.length > 0) return { result: 'different', differences: [{ output: output.name, file: '', how }] };
  return allowed === undefined ? null : { result: 'near', differences: [] };
}

function namesAfter(prefix: string, metrics: Readonly<Record<string, number>>): string[] {
  return Object.keys(metrics).flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
}
