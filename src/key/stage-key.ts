/** A manifest's digest is the key. */
import { digestJson, type Key } from '../base/digest.ts';
import type { Json } from '../base/json.ts';
import type { Manifest } from './manifest.ts';

export function keyOf(manifest: Manifest): Key {
  const facts: Json[] = manifest.facts.map((fact) => [fact.kind, fact.name, fact.value]);
  return digestJson(`stage key ${manifest.version}`, facts) as string as Key;
}
