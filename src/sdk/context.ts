/** What a stage's run function is given: all it may touch. */
import type { Json, JsonObject } from '../base/json.ts';
import type { Random } from '../base/random.ts';
import type { ItemCache } from './items.ts';

export interface InputVariant {
  readonly path: string;
  readonly digest: string;
}

export interface StageContext<Params = JsonObject> {
  /** Validated, defaults filled in. */
  readonly params: Params;
  /** Absolute path of each input, by role. Read only. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Absolute path of each declared output, by name: the stage creates a file or a folder there. */
  readonly outputs: Readonly<Record<string, string>>;
  /** A stream of random numbers that depends on the seed and the stream's name alone, never on order or timing. */
  random(seed: number, stream: string): Random;
  /** Reports progress; cheap, call it for every item. */
  progress(done: number, total: number, unit: string, message?: string): void;
  /** One line about the result, shown in the table of stages: `kept 166 of 170 images`. The last call counts. */
  note(text: string): void;
  /** Backend, device, versions: recorded with the result, never part of its key. */
  provenance(name: string, value: Json): void;
  /** Results of items under this code and all params of this stage. */
  readonly items: ItemCache;
  /**
   * Results of items that depend on other params than the stage's own: a search's trial does not depend on the number of trials.
   *
   * @param script  of a worker, `new URL('./worker.ts', import.meta.url)`, when nothing but the code it reaches decides them:
   *                they stay when other code of the stage changes.
   */
  itemsFor(params: Json, script?: URL): ItemCache;
  /** A folder for checkpoints: it survives a kill, and is there again when the same work is tried again. */
  readonly checkpoints: string;
  /** Threads this stage may keep busy. */
  readonly threads: number;
  /**
   * One of the inputs as it would be if params of stages before this one had other values, such as `{ 'augment.copies': 4 }`.
   * Only what these values change is run, in the background of this stage, and what any stage, trial or experiment made before
   * is taken from the store. The params varied must lie in a param marked `x-reach` in the stage's schema.
   *
   * @returns the place (read only, there until the run ends) and the digest of its content.
   * @throws StageError when a stage failed, or an override names no param of a stage before this one.
   */
  inputVariant(role: string, overrides: JsonObject): Promise<InputVariant>;
  /** Names of the stages before this one that such params begin with. */
  readonly reaches: readonly string[];
  /** Aborts when the run is interrupted. */
  readonly signal: AbortSignal;
}

/** A stage's default export. */
export type StageRun<Params = JsonObject> = (context: StageContext<Params>) => Promise<void>;
