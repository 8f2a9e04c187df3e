/** The engine: WebAssembly on the processor, part of this program, the same bits on every machine. */
import os from 'node:os';
import { ok } from '../../../src/base/result.ts';
import { ENGINE_NAME } from '../engine/engine-backend.ts';
import { ENGINE_VERSION, registerEngine } from '../engine/register-engine.ts';
import type { StartBackend } from './backend.ts';

let registering: Promise<unknown> | null = null;

/** A process has one engine, with the threads that were asked for first. */
export const startWasm: StartBackend = async (tf, threads) => {
  registering ??= registerEngine(tf, { threads });
  await registering;
  if (tf.getBackend() !== ENGINE_NAME) await tf.setBackend(ENGINE_NAME);
  return ok({ version: ENGINE_VERSION, device: os.cpus()[0]?.model ?? os.arch() });
};
