/**
 * Any graphics device through WebGPU: the package `webgpu` brings Dawn, `@tensorflow/tfjs-backend-webgpu` the kernels.
 *
 * The kernels look for a browser's `navigator.gpu` while they are loaded, so one is put there first. Values can only be read
 * with `await tensor.data()`.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { fail, ok } from '../../../src/base/result.ts';
import type { StartBackend, Unavailable } from './backend.ts';
import { findPackages } from './find-package.ts';

interface Adapter {
  readonly info: {
    readonly isFallbackAdapter?: boolean;
    readonly vendor: string;
    readonly architecture: string;
    readonly device: string;
    readonly description: string;
  };
}

interface Gpu {
  requestAdapter(options: { readonly powerPreference: 'high-performance' }): Promise<Adapter | null>;
}

interface Dawn {
  create(options: readonly string[]): Gpu;
  readonly globals: Readonly<Record<string, unknown>>;
}

/** Adapters that compute on the processor. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render/i;

/** Dawn frees its devices when this is collected. */
let gpu: Gpu | null = null;

export const startWebgpu: StartBackend = async (tf) => {
  const found = findPackages('webgpu');
  if (!found.ok) return found;
  const { webgpu, '@tensorflow/tfjs-backend-webgpu': kernels } = found.value;
  let adapter: Adapter | null;
  try {
    const dawn = (await import(pathToFileURL(webgpu?.main ?? '').href)) as Dawn;
    Object.assign(globalThis, dawn.globals);
    gpu = dawn.create([]);
    adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  } catch (error) {
    return fail(unavailable(`\`webgpu\` does not load: ${firstLine(error)}`));
  }
  if (adapter === null) return fail({ ...unavailable('no graphics device was found'), code: 'E1158' });
  // Node has a navigator of its own, which cannot be assigned to.
  Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'node' }, configurable: true });
  try {
    createRequire(import.meta.url)(kernels?.main ?? '');
    if (!(await tf.setBackend('webgpu'))) return fail(unavailable('the graphics device does not start'));
  } catch (error) {
    return fail(unavailable(`the graphics device does not start: ${firstLine(error)}`));
  }
  const { vendor, architecture, device, description } = adapter.info;
  const name = description || device || [vendor, architecture].filter((part) => part !== '').join(' ');
  const isEmulated = adapter.info.isFallbackAdapter === true || SOFTWARE.test(`${name} ${architecture} ${device}`);
  return ok({
    version: kernels?.version ?? '',
    device: name,
    details: { dawn: webgpu?.version ?? '' },
    isEmulated,
  });
};

function unavailable(message: string): Unavailable {
  return {
    code: 'E1152',
    message,
    hint: process.platform === 'linux' ? 'install the Vulkan driver of your graphics device' : 'update its driver',
  };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]?.trim() ?? '';
}
