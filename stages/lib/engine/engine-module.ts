/** Loads the compiled kernels: a WebAssembly module built from `build/wasm/assembly` and committed beside this file. */
import { readFileSync } from 'node:fs';
import type { Kernels } from './worker-pool.ts';

/** The module's tables lie below this address. */
export const MODULE_BYTES = 65_536;

export interface EngineModule {
  readonly module: WebAssembly.Module;
  readonly kernels: Kernels;
}

export async function loadModule(memory: WebAssembly.Memory): Promise<EngineModule> {
  const module = await WebAssembly.compile(readFileSync(new URL('./engine.wasm', import.meta.url)));
  const imports = {
    env: {
      memory,
      abort: () => {
        throw new Error('the engine stopped');
      },
    },
  };
  const instance = await WebAssembly.instantiate(module, imports);
  return { module, kernels: instance.exports as unknown as Kernels };
}
