/**
 * Makes the context of one unit of work from the runner's message.
 *
 * Called by the process that hosts a stage, once for each unit. It starts nothing and sends nothing but progress.
 */

import fs from 'node:fs';
import path from 'node:path';
import { digestJson } from '../base/digest.ts';
import type { Json, JsonObject } from '../base/json.ts';
import type { ProblemCode } from '../base/problem-codes.ts';
import { randomStream } from '../base/random.ts';
import type { StageContext } from './context.ts';
import { type OpenItemCache, openItemCache } from './item-cache.ts';
import type { HostMessage, RunMessage, VariantAnswer } from './protocol.ts';
import { StageError } from './stage-error.ts';

const PROGRESS_INTERVAL_MS = 100;

export interface HostedContext {
  readonly context: StageContext;
  /** What the stage has said so far. */
  result(): { readonly note: string | null; readonly provenance: Readonly<Record<string, Json>> };
  /** Aborts the context's signal. */
  abort(): void;
  /** Frees what the context holds open. Call it when the stage has ended, however it ended. */
  close(): void;
}

/**
 * @param emit        sends a message to the runner; called at most ten times a second.
 * @param askVariant  asks the runner for a variant of an input.
 */
export function createContext(
  message: RunMessage,
  emit: (message: HostMessage) => void,
  askVariant: (role: string, overrides: JsonObject) => Promise<VariantAnswer> = refuseVariants,
): HostedContext {
  const controller = new AbortController();
  // The folder of a stage's items is `items/SCOPE` of the store.
  const objects = path.join(message.items, '../../objects');
  const caches = new Map<string, OpenItemCache>();
  const itemsFor = (params: Json, script?: URL): OpenItemCache => {
    const folder = (script === undefined ? undefined : message.workerItems?.[script.href]) ?? message.items;
    const place = path.join(folder, digestJson('item params', params));
    // Opening one loads its index: a stage that asks for every image gets the same one.
    const cache = caches.get(place) ?? openItemCache(place, objects);
    caches.set(place, cache);
    return cache;
  };
  const provenance: Record<string, Json> = {};
  let note: string | null = null;
  let lastProgressMs = Number.NEGATIVE_INFINITY;

  const context: StageContext<JsonObject> = {
    params: message.params,
    inputs: message.inputs,
    outputs: message.outputs,
    items: itemsFor(message.params),
    itemsFor,
    // Made when first asked for: most stages write none.
    get checkpoints() {
      fs.mkdirSync(message.checkpoints, { recursive: true });
      return message.checkpoints;
    },
    threads: message.threads,
    reaches: message.reaches ?? [],
    async inputVariant(role, overrides) {
      const answer = await askVariant(role, overrides);
      if (answer.ok) return { path: answer.path, digest: answer.digest };
      const { code, message: text, hint } = answer;
      throw new StageError(text, { code: code as ProblemCode, ...(hint === undefined ? {} : { hint }) });
    },
    signal: controller.signal,
    random: randomStream,
    progress(done, total, unit, text) {
      const nowMs = performance.now();
      if (nowMs - lastProgressMs < PROGRESS_INTERVAL_MS) return;
      lastProgressMs = nowMs;
      emit({ type: 'progress', done, total, unit, ...(text === undefined ? {} : { message: text }) });
    },
    note(text) {
      note = text;
    },
    provenance(name, value) {
      provenance[name] = value;
    },
  };

  return {
    context,
    result: () => ({ note, provenance: { ...provenance } }),
    abort: () => controller.abort(),
    close() {
      for (const cache of caches.values()) cache.close();
    },
  };
}

async function refuseVariants(): Promise<VariantAnswer> {
  return { ok: false, code: 'E1033', message: 'nobody is there to make a variant of an input' };
}
