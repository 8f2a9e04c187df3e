/** Item results: the contract. One changed image in 20,000 means one image of work. */
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
}
