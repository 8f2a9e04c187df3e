/** All outputs of a stage, as recorded and as made again, file by file. */
import fs from 'node:fs';
import path from 'node:path';
import { type Artifact, sameArtifact } from '../../inputs/artifact.ts';
import { compareFiles } from './compare-files.ts';
import type { Difference } from './verification.ts';

/** One output twice: null where there is none; `place` null where its bytes are not to be had, only its digest. */
export interface OutputPair {
  readonly output: string;
  readonly recorded: Sided;
  readonly now: Sided;
}

export interface Sided {
  readonly artifact: Artifact | null;
  /** Absolute. */
  readonly place: string | null;
}

export interface OutputComparison {
  readonly result: 'same' | 'near' | 'different';
  readonly differences: readonly Difference[];
}

/** Files shown of one output; the rest is counted. */
const MOST_FILES = 10;

export async function compareOutput(
  { output, recorded, now }: OutputPair,
  tolerance: Readonly<Record<string, number>>,
): Promise<OutputComparison> {
  if (sameArtifact(recorded.artifact, now.artifact)) return { result: 'same', differences: [] };
  const one = (how: string): OutputComparison => ({
    result: 'different',
    differences: [{ output, file: '', how: [how] }],
  });
  if (recorded.artifact === null) return one('was not there, was made now');
  if (now.artifact === null) return one('was there, was not made now');
  if (recorded.artifact.kind !== now.artifact.kind) return one(`${recorded.artifact.kind} -> ${now.artifact.kind}`);
  if (recorded.place === null || now.place === null) {
    const digests = [recorded.artifact, now.artifact].map((each) => `${each.digest.slice(0, 12)}…`);
    return one(`${digests.join(' -> ')}; the recorded bytes are not here, so where they differ cannot be shown`);
  }
  if (recorded.artifact.executable !== now.artifact.executable) return one('may be executed, or not: that differs');
  return compareTrees(output, recorded.place, now.place, tolerance);
}

async function compareTrees(
  output: string,
  recorded: string,
  now: string,
  tolerance: Readonly<Record<string, number>>,
): Promise<OutputComparison> {
  const [before, after] = [listFiles(recorded), listFiles(now)];
  const differences: Difference[] = [];
  let isNear = false;
  let more = 0;
  for (const file of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [was, is] = [before.get(file), after.get(file)];
    let how: readonly string[];
    if (was === undefined) how = ['was not there, is there now'];
    else if (is === undefined) how = ['was there, is not there now'];
    else if (was !== is) how = [`${was} -> ${is}`];
    else if (was !== 'file' && was !== 'program') continue;
    else {
      const allowed = tolerance[file === '' ? output : `${output}/${file}`] ?? tolerance[output] ?? null;
      const [left, right] = [path.join(recorded, file), path.join(now, file)];
      const compared = await compareFiles(file === '' ? output : file, left, right, allowed);
      if (compared.result === 'near') isNear = true;
      if (compared.result !== 'different') continue;
      how = compared.how;
    }
    if (differences.length < MOST_FILES) differences.push({ output, file, how });
    else more++;
  }
  if (more > 0) differences.push({ output, file: '', how: [`and ${more} more files differ`] });
  return { result: differences.length > 0 ? 'different' : isNear ? 'near' : 'same', differences };
}

/** Path below the place -> what it is, for links with where they lead; the place itself is the empty path. */
function listFiles(place: string, inner = '', found = new Map<string, string>()): Map<string, string> {
  const here = inner === '' ? place : path.join(place, inner);
  const stats = fs.lstatSync(here);
  if (stats.isSymbolicLink() && inner !== '') found.set(inner, `link to ${fs.readlinkSync(here)}`);
  else if (stats.isDirectory()) {
    if (inner !== '') found.set(inner, 'folder');
    for (const name of fs.readdirSync(here)) listFiles(place, inner === '' ? name : `${inner}/${name}`, found);
  } else found.set(inner, (stats.mode & 0o100) === 0 ? 'file' : 'program');
  return found;
}
