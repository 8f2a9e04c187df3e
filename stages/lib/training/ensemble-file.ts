/**
 * Several models as one artifact: ensemble.json names the folders of its members, each a model as any other.
 *
 * What a cross-validation leaves: the mean of the members' probabilities is the answer for an image none of them has seen, and of
 * an image of the folds only the member that left it out can be asked honestly. Which fold that is stands beside each.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Sample } from '../../../src/generated/sample.ts';
import { isOriginal } from '../dataset/read-dataset.ts';

export interface Ensemble {
  readonly version: 1;
  /** How the members' answers become one. */
  readonly combine: 'mean';
  /** Of the division into folds: `divisionOf`. */
  readonly division: string;
  readonly members: readonly EnsembleMember[];
}

export interface EnsembleMember {
  /** Below the folder of the ensemble. */
  readonly path: string;
  /** The fold it did not learn from. */
  readonly fold: number;
}

const FILE = 'ensemble.json';

export function writeEnsemble(folder: string, division: string, members: readonly EnsembleMember[]): void {
  const ensemble: Ensemble = { version: 1, combine: 'mean', division, members };
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, FILE), `${JSON.stringify(ensemble, null, 1)}\n`, { flag: 'wx' });
}

/** Null where the folder holds a single model, or none. */
export function readEnsemble(folder: string): Ensemble | null {
  const file = path.join(folder, FILE);
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as Ensemble) : null;
}

/** SHA-256 of which original is in which fold: members may be asked out of fold only where it is the one they were trained with. */
export function divisionOf(samples: readonly Sample[]): string {
  const lines = samples.flatMap((sample) =>
    sample.fold !== undefined && isOriginal(sample) ? [`${sample.fold} ${sample.id}\n`] : [],
  );
  return createHash('sha256').update(lines.sort().join('')).digest('hex');
}
