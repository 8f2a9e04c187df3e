/** The readable record a key is the digest of. `why` and `diff` read nothing else. */
import type { Json } from '../base/json.ts';

/**
 * One fact the outputs depend on. `kind` keeps facts of different kinds apart even where name and value are equal:
 *
 * | kind | name | value |
 * |---|---|---|
 * | `command` | its place in the list, "0", "1" … | the text |
 * | `wdir` | "" | the folder |
 * | `code` | module path inside the project, or "package NAME" | digest of its comment-free text, or version |
 * | `param` | path inside `with`, or `file:key` | the value |
 * | `input` | role or path | `[kind, digest, executable]` |
 * | `output` | name | `"persists"` or null |
 * | `env` | variable | digest of its value, or null |
 * | `reached` | a stage from one whose params this stage varies down to it | that stage's key |
 */
export interface Fact {
  readonly kind: 'command' | 'wdir' | 'code' | 'param' | 'input' | 'output' | 'env' | 'reached';
  readonly name: string;
  readonly value: Json;
}

export interface Manifest {
  readonly version: 1;
  /** In the order of the walk that made them, which is fixed. */
  readonly facts: readonly Fact[];
}
