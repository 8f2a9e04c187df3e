/**
 * The numeric backends: their names, how one is chosen, and the packages of those that are not part of this program.
 *
 * Shared by the stages, which open one, and by the command that lists and installs them. Looks at nothing.
 */

/** In the order in which they are listed. */
export const BACKENDS = ['gpu', 'tensorflow', 'webgpu', 'wasm', 'cpu'] as const;

export type BackendName = (typeof BACKENDS)[number];

/** `auto`: the first of AUTO_ORDER that can be used on this machine. */
export const BACKEND_CHOICES = ['auto', ...BACKENDS] as const;

export type BackendChoice = (typeof BACKEND_CHOICES)[number];

/** Not `tensorflow`: its results differ from machine to machine, so it is used where it is asked for. */
export const AUTO_ORDER = ['gpu', 'webgpu', 'wasm'] as const satisfies readonly BackendName[];

/** Names the backend in the environment of a stage's process. */
export const BACKEND_VARIABLE = 'PIPE_BACKEND';

/** Names a folder in which optional backends lie and are installed, instead of the project's `node_modules`. */
export const BACKENDS_FOLDER_VARIABLE = 'PIPE_BACKENDS_FOLDER';

/** Below `node_modules`: package managers leave names with a dot alone, as they do with `.cache`. */
export const BACKENDS_FOLDER = '.pipe-backends';

export type OptionalBackend = 'gpu' | 'tensorflow' | 'webgpu';

/** What each needs from the package registry, with the versions this program was tested with. */
export const BACKEND_PACKAGES: Readonly<Record<OptionalBackend, Readonly<Record<string, string>>>> = {
  gpu: { '@tensorflow/tfjs-node-gpu': '4.22.0' },
  tensorflow: { '@tensorflow/tfjs-node': '4.22.0' },
  webgpu: { webgpu: '0.6.2', '@tensorflow/tfjs-backend-webgpu': '4.22.0' },
};

export function isBackendChoice(name: string): name is BackendChoice {
  return (BACKEND_CHOICES as readonly string[]).includes(name);
}
