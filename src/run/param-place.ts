/**
 * Where a param of a stage is written, for a problem that only the stage itself could find.
 *
 * The file is read again for it: places are not kept past loading, and a run with such a problem is over anyway.
 */
import fs from 'node:fs';
import type { Location } from '../base/problem.ts';
import { member, placeOf, type Tree } from '../config/tree.ts';
import { parseYaml } from '../config/yaml-text.ts';
import type { Node } from '../plan/graph.ts';
import { absolute, type Session } from './session.ts';

/** @param keys  from `with` on; none: no param is meant. Null: it is not written in the pipeline file. */
export function placeOfParam(session: Session, { stage }: Node, keys: readonly string[]): Location | null {
  const [first] = keys;
  if (first === undefined) return null;
  const { file } = session.plan.project;
  const parsed = parseYaml(readText(absolute(session, file)), file);
  if (!parsed.ok) return null;
  const written = member(member(parsed.value, 'stages'), stage.group);
  const params: Tree | undefined = member(member(written, 'do') ?? written, 'with');
  return params === undefined || member(params, first) === undefined ? null : placeOf(params, keys);
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
