/** SHA-256 digests and stage keys, branded so that a path or a name can never stand where one is meant. */
import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from './json.ts';

/** SHA-256 of bytes, 64 lower-case hexadecimal digits. */
export type Digest = string & { readonly brand: 'digest' };
/** SHA-256 of a stage's manifest: what a result is looked up by. 64 lower-case hexadecimal digits. */
export type Key = string & { readonly brand: 'key' };

const DIGEST = /^[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return DIGEST.test(text);
}

export function digestBytes(bytes: Uint8Array | string): Digest {
  return createHash('sha256').update(bytes).digest('hex') as Digest;
}

/** Digest of a JSON value by its canonical text. `kind` separates values of different kinds that have equal text. */
export function digestJson(kind: string, value: Json): Digest {
  return digestBytes(`${kind}\n${canonicalJson(value)}`);
}
