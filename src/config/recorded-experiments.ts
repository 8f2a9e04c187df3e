/**
 * Experiments kept by `--set … --name NAME`: in `cache/`, because they are one person's trying-out until they are promoted
 * into the pipeline file. Losing the file loses names, never results.
 */
import fs from 'node:fs';
import path from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import type { WrittenExperiment } from './experiments.ts';
import type { Override } from './override.ts';
import type { World } from './world.ts';

/** From the project's root. */
const RECORDED_EXPERIMENTS = 'cache/experiments.json';

/** Values by path, by name of the pipeline file, then of the experiment. */
type Recorded = Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;

/** Those of one pipeline file, oldest first. */
export function readRecorded(world: World, root: string, file: string): ReadonlyMap<string, WrittenExperiment> {
  const text = world.readText(path.join(root, RECORDED_EXPERIMENTS));
  const all = text.kind === 'text' ? parse(text.text) : {};
  return new Map(
    Object.entries(all[file] ?? {}).map(([name, values]) => [
      name,
      {
        name,
        group: name,
        variant: name,
        overrides: Object.entries(values).map(([key, value]) => ({ path: key, value })),
      },
    ]),
  );
}

/** Puts an experiment in, or with null takes it out. Callers hold the lock's name. */
export function writeRecorded(root: string, file: string, name: string, overrides: readonly Override[] | null): void {
  const target = path.join(root, RECORDED_EXPERIMENTS);
  const all: Recorded = fs.existsSync(target) ? parse(fs.readFileSync(target, 'utf8')) : {};
  const own = new Map<string, JsonObject>(Object.entries(all[file] ?? {}));
  own.delete(name);
  if (overrides !== null) own.set(name, valuesOf(overrides));
  fs.mkdirSync(path.dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}.tmp`;
  fs.writeFileSync(temporary, `${JSON.stringify({ ...all, [file]: Object.fromEntries(own) }, null, 1)}\n`);
  fs.renameSync(temporary, target);
}

/** A later value of a path replaces an earlier one. */
function valuesOf(overrides: readonly Override[]): Record<string, Json> {
  return Object.fromEntries(overrides.map(({ path: key, value }) => [key, value]));
}

/** What cannot be read is as good as not there. */
function parse(text: string): Recorded {
  try {
    const value = JSON.parse(text) as Json;
    if (!isJsonObject(value)) return {};
    return Object.fromEntries(
      Object.entries(value).map(([file, named]) => [
        file,
        isJsonObject(named)
          ? Object.fromEntries(
              Object.entries(named).flatMap(([name, values]) => (isJsonObject(values) ? [[name, values]] : [])),
            )
          : {},
      ]),
    );
  } catch {
    return {};
  }
}
