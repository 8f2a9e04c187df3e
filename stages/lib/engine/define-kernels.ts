/**
 * How kernels are registered: the engine's own, and those of the cpu backend for everything it has none for.
 *
 * The cpu backend's kernels get copies of their inputs and their results are copied back: right for small tensors, slow for
 * large ones.
 */
import type { KernelFunc, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../backend/tensorflow.ts';
import { ENGINE_NAME, type EngineBackend, sizeOf, type Values } from './engine-backend.ts';

/** Null: the engine has no way for these inputs, so the cpu backend's kernel does it. */
export type EngineKernel = (inputs: NamedTensorInfoMap, attrs: NamedAttrMap) => TensorInfo | TensorInfo[] | null;

export type Define = (name: string, kernel: EngineKernel) => void;

export interface CpuBackend {
  readonly data: { get(dataId: object): { values: Values } };
  write(values: unknown, shape: readonly number[], dtype: string): object;
  disposeData(dataId: object, force: boolean): boolean;
}

/** Registers the cpu backend's kernels. @returns how to put one of the engine's in place of one of them. */
export function fallBackOn(tf: Tf, backend: EngineBackend, cpu: CpuBackend): Define {
  const fallbacks = new Map<string, KernelFunc>();
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend('cpu')) {
    const fallback: KernelFunc = ({ inputs, attrs }) => {
      warnIfLarge(kernelName, inputs);
      return runOnCpu(backend, cpu, kernelFunc, inputs, attrs);
    };
    fallbacks.set(kernelName, fallback);
    tf.registerKernel({ kernelName, backendName: ENGINE_NAME, kernelFunc: fallback });
  }
  return (name, kernel) => {
    const fallback = fallbacks.get(name);
    if (fallback !== undefined) tf.unregisterKernel(name, ENGINE_NAME);
    tf.registerKernel({
      kernelName: name,
      backendName: ENGINE_NAME,
      kernelFunc: (call) => {
        try {
          const made = kernel(call.inputs, call.attrs ?? {});
          if (made !== null) return made;
        } finally {
          backend.releaseScratch();
        }
        if (fallback === undefined) throw new Error(`the engine has no ${name} for such tensors`);
        return fallback(call);
      },
    });
  };
}

/** Values of all inputs from which a kernel of the cpu backend is worth a warning: some milliseconds. */
const LARGE = 1_000_000;
const warned = new Set<string>();

/** Says once for each kernel that large tensors take the slow way. */
function warnIfLarge(name: string, inputs: NamedTensorInfoMap): void {
  const size = Object.values(inputs).reduce((sum, x) => sum + (x?.shape === undefined ? 0 : sizeOf(x.shape)), 0);
  if (size < LARGE || warned.has(name)) return;
  warned.add(name);
  process.emitWarning(`the engine has no fast \`${name}\` for these ${size} values: plain JavaScript computes it`);
}

function runOnCpu(
  backend: EngineBackend,
  cpu: CpuBackend,
  kernel: KernelFunc,
  inputs: NamedTensorInfoMap,
  attrs: NamedAttrMap | undefined,
): TensorInfo | TensorInfo[] {
  const held = new Set<object>();
  const copy = (x: TensorInfo): TensorInfo => {
    const values = backend.textsOf(x) ?? backend.view(x).slice();
    const dataId = cpu.write(values, x.shape, x.dtype);
    held.add(dataId);
    return { dataId, shape: x.shape, dtype: x.dtype };
  };
  const copies: NamedTensorInfoMap = {};
  // Some kernels take a list of inputs, as an object whose names are places.
  for (const [name, x] of Object.entries(inputs)) copies[name] = x === null || x === undefined ? x : copy(x);
  const list = Array.isArray(inputs) ? Object.assign([], copies) : copies;
  const made = kernel({ inputs: list, attrs: attrs ?? {}, backend: cpu });
  const results = Array.isArray(made) ? made : [made];
  const taken = results.map((result) => {
    held.add(result.dataId);
    const { values } = cpu.data.get(result.dataId);
    return {
      dataId: backend.write(values, result.shape, result.dtype),
      shape: result.shape,
      dtype: result.dtype,
    };
  });
  for (const dataId of held) cpu.disposeData(dataId, true);
  return Array.isArray(made) ? taken : (taken[0] as TensorInfo);
}

/** An input that the kernel always has. */
export function need(inputs: NamedTensorInfoMap, name: string): TensorInfo {
  const found = inputs[name];
  if (found === undefined || found === null) throw new Error(`the kernel needs an input \`${name}\``);
  return found;
}

export function isFloat(...tensors: readonly (TensorInfo | null | undefined)[]): boolean {
  return tensors.every((x) => x === null || x === undefined || x.dtype === 'float32');
}
