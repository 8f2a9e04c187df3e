/**
 * The networks that are measured, as layers of TensorFlow.js; `torch_models.py` has the same in PyTorch.
 *
 * A small binary classifier of 60 x 30 crops; B a multi-label network with batch normalisation; C with 5 x 5 filters and global
 * pooling; M MobileNetV2, R ResNet18, R50 ResNet50 and M1 MobileNetV1, which are only run forward, as frozen feature extractors are.
 */
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Layers } from '../../stages/lib/backend/tensorflow.ts';

export interface Measured {
  readonly model: LayersModel;
  readonly input: readonly [number, number, number];
  readonly outputs: number;
  /** What the loss takes the outputs for; null: run forward only. */
  readonly task: 'labels' | 'classes' | null;
}

/** @param seed  of all initial weights */
export function buildMeasured(layers: Layers, name: string, seed = 1): Measured {
  const { layers: of } = layers;
  let next = seed;
  const init = () => layers.initializers.glorotUniform({ seed: next++ });
  const same = { padding: 'same', kernelInitializer: 'zeros' } as const;

  function sequential(list: ConstructorParameters<typeof layers.Sequential>[0]): LayersModel {
    return layers.sequential(list);
  }

  if (name === 'A') {
    const input: [number, number, number] = [60, 30, 3];
    const conv = (filters: number, first?: object) =>
      of.conv2d({ filters, kernelSize: 3, activation: 'relu', kernelInitializer: init(), ...first });
    const model = sequential({
      layers: [
        conv(16, { inputShape: input }),
        of.maxPooling2d({ poolSize: 2 }),
        conv(32),
        of.maxPooling2d({ poolSize: 2 }),
        of.flatten(),
        of.dense({ units: 1, activation: 'sigmoid', kernelInitializer: init() }),
      ],
    });
    return { model, input, outputs: 1, task: 'labels' };
  }

  if (name === 'B' || name === 'C') {
    const input: [number, number, number] = name === 'B' ? [64, 64, 1] : [64, 64, 3];
    const [kernelSize, widths] = name === 'B' ? [3, [32, 64, 128, 256]] : [5, [64, 64, 64, 64]];
    const blocks = widths.flatMap((filters, i) => {
      const first = i === 0 ? { inputShape: input } : {};
      const convolution = { ...same, filters, kernelSize, activation: 'relu', kernelInitializer: init() } as const;
      const block = [of.conv2d({ ...convolution, ...first }), of.batchNormalization()];
      return name === 'C' || i < 3 ? [...block, of.maxPooling2d({ poolSize: 2 })] : block;
    });
    const dense = (units: number, activation: 'relu' | 'sigmoid' | 'softmax') =>
      of.dense({ units, activation, kernelInitializer: init() });
    const head =
      name === 'B'
        ? [of.flatten(), dense(256, 'relu'), of.dropout({ rate: 0.5, seed: 7 }), dense(14, 'sigmoid')]
        : [of.globalAveragePooling2d({}), dense(1024, 'relu'), dense(1024, 'relu'), dense(8, 'softmax')];
    const model = sequential({ layers: [...blocks, ...head] });
    return name === 'B' ? { model, input, outputs: 14, task: 'labels' } : { model, input, outputs: 8, task: 'classes' };
  }

  const input: [number, number, number] = [224, 224, 3];
  const image = layers.input({ shape: input });
  const normalized = (x: SymbolicTensor, filters: number, kernelSize: number, strides: number) =>
    of
      .batchNormalization()
      .apply(
        of
          .conv2d({ ...same, filters, kernelSize, strides, useBias: false, kernelInitializer: init() })
          .apply(x) as SymbolicTensor,
      ) as SymbolicTensor;
  const add = (a: SymbolicTensor, b: SymbolicTensor) => of.add().apply([a, b]) as SymbolicTensor;

  if (name === 'R') {
    const relu = (x: SymbolicTensor) => of.activation({ activation: 'relu' }).apply(x) as SymbolicTensor;
    let x = relu(normalized(image, 64, 7, 2));
    x = of.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }).apply(x) as SymbolicTensor;
    for (const [stage, filters] of [64, 128, 256, 512].entries()) {
      for (let block = 0; block < 2; block++) {
        const strides = block === 0 && stage > 0 ? 2 : 1;
        const y = normalized(relu(normalized(x, filters, 3, strides)), filters, 3, 1);
        x = relu(add(y, strides === 1 ? x : normalized(x, filters, 1, strides)));
      }
    }
    const pooled = of.globalAveragePooling2d({}).apply(x) as SymbolicTensor;
    return { model: layers.model({ inputs: image, outputs: pooled }), input, outputs: 512, task: null };
  }

  if (name === 'R50') {
    // As Keras has it, which is what is installed: the strides are in the first convolution of a block.
    const relu = (x: SymbolicTensor) => of.activation({ activation: 'relu' }).apply(x) as SymbolicTensor;
    let x = relu(normalized(image, 64, 7, 2));
    x = of.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }).apply(x) as SymbolicTensor;
    for (const [stage, blocks] of [3, 4, 6, 3].entries()) {
      const filters = 64 * 2 ** stage;
      for (let block = 0; block < blocks; block++) {
        const strides = block === 0 && stage > 0 ? 2 : 1;
        const narrow = relu(normalized(relu(normalized(x, filters, 1, strides)), filters, 3, 1));
        x = relu(add(normalized(narrow, 4 * filters, 1, 1), block === 0 ? normalized(x, 4 * filters, 1, strides) : x));
      }
    }
    const pooled = of.globalAveragePooling2d({}).apply(x) as SymbolicTensor;
    return { model: layers.model({ inputs: image, outputs: pooled }), input, outputs: 2048, task: null };
  }

  const relu6 = (x: SymbolicTensor) => of.reLU({ maxValue: 6 }).apply(x) as SymbolicTensor;
  const depthwise = (x: SymbolicTensor, strides: number) =>
    of
      .batchNormalization()
      .apply(
        of
          .depthwiseConv2d({ kernelSize: 3, strides, padding: 'same', useBias: false, depthwiseInitializer: init() })
          .apply(x) as SymbolicTensor,
      ) as SymbolicTensor;
  let x = relu6(normalized(image, 32, 3, 2));
  if (name === 'M1') {
    const widths = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024];
    for (const [i, filters] of widths.entries()) {
      const strides = [1, 3, 5, 11].includes(i) ? 2 : 1;
      x = relu6(normalized(relu6(depthwise(x, strides)), filters, 1, 1));
    }
    const pooled = of.globalAveragePooling2d({}).apply(x) as SymbolicTensor;
    return { model: layers.model({ inputs: image, outputs: pooled }), input, outputs: 1024, task: null };
  }
  let channels = 32;
  const stages: [number, number, number, number][] = [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ];
  for (const [expansion, filters, repeats, stride] of stages) {
    for (let block = 0; block < repeats; block++) {
      const strides = block === 0 ? stride : 1;
      const wide = expansion === 1 ? x : relu6(normalized(x, channels * expansion, 1, 1));
      const y = normalized(relu6(depthwise(wide, strides)), filters, 1, 1);
      x = strides === 1 && channels === filters ? add(x, y) : y;
      channels = filters;
    }
  }
  const pooled = of.globalAveragePooling2d({}).apply(relu6(normalized(x, 1280, 1, 1))) as SymbolicTensor;
  return { model: layers.model({ inputs: image, outputs: pooled }), input, outputs: 1280, task: null };
}
