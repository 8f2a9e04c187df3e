/** Item results: the contract. One changed image in 20,000 means one image of work. */
import type { Digest } from '../base/digest.ts';
import type { Json } from '../base/json.ts';

export interface ItemCache {
  /**
   * The result for one item: from the cache when this stage, with this code and these params, computed it before;
   * otherwise computed and remembered, also when the stage is killed later.
   *
   * @param key  all the result depends on besides code and params: digest of the item, its id where randomness hangs on it.
   * @param compute  gives the bytes. Must depend on nothing but `key`, code and params.
   */
  bytes(key: Json, compute: () => Promise<Uint8Array> | Uint8Array): Promise<Uint8Array>;

  /**
   * The same for a result that is a file of its own: afterwards the file lies at `target`, linked to the remembered one, so
   * that putting 20,000 known files into an output costs 20,000 links. Read-only: replace it, never write into it.
   *
   * @param target  absolute path; its folder exists and nothing lies there.
   * @returns the digest of the file.
   */
  file(key: Json, target: string, compute: () => Promise<Uint8Array> | Uint8Array): Promise<Digest>;
}
