/** What differs between two manifests, as reasons. Pure; order follows the newer manifest, what is gone comes last. */
import { canonicalJson } from '../base/json.ts';
import type { Fact, Manifest } from '../key/manifest.ts';
import type { Reason } from './reason.ts';

export function explainDifference(before: Manifest, now: Manifest): Reason[] {
  const old = new Map(before.facts.map((fact) => [nameOf(fact), fact]));
  const reasons: Reason[] = [];
  for (const fact of now.facts) {
    const earlier = old.get(nameOf(fact));
    old.delete(nameOf(fact));
    if (earlier === undefined) {
      reasons.push({ kind: 'changed', fact: fact.kind, name: fact.name, new: fact.value });
    } else if (canonicalJson(earlier.value) !== canonicalJson(fact.value)) {
      reasons.push({ kind: 'changed', fact: fact.kind, name: fact.name, old: earlier.value, new: fact.value });
    }
  }
  for (const gone of old.values()) reasons.push({ kind: 'changed', fact: gone.kind, name: gone.name, old: gone.value });
  return reasons;
}

function nameOf(fact: Fact): string {
  return `${fact.kind}\n${fact.name}`;
}
