/** The types of TensorFlow.js as values: whoever needs them is handed the loaded library by the backend. */

export type Tf = typeof import('@tensorflow/tfjs-core');
export type Layers = typeof import('@tensorflow/tfjs-layers');
