/** Made from train.schema.json by `npm run types`. Not edited by hand. */

export type Layer =
  | {
      layer: 'conv';
      filters: number;
      /**
       * Side of a filter.
       */
      kernel?: number;
      stride?: number;
      padding?: 'same' | 'valid';
      dilation?: number;
      activation?:
        'linear' | 'relu' | 'relu6' | 'leakyRelu' | 'elu' | 'selu' | 'gelu' | 'swish' | 'tanh' | 'sigmoid' | 'softmax';
      bias?: boolean;
    }
  | {
      layer: 'depthwise';
      /**
       * Side of a filter.
       */
      kernel?: number;
      stride?: number;
      padding?: 'same' | 'valid';
      /**
       * Outputs of each channel.
       */
      multiplier?: number;
      activation?:
        'linear' | 'relu' | 'relu6' | 'leakyRelu' | 'elu' | 'selu' | 'gelu' | 'swish' | 'tanh' | 'sigmoid' | 'softmax';
      bias?: boolean;
    }
  | {
      layer: 'separable';
      filters: number;
      /**
       * Side of a filter.
       */
      kernel?: number;
      stride?: number;
      padding?: 'same' | 'valid';
      activation?:
        'linear' | 'relu' | 'relu6' | 'leakyRelu' | 'elu' | 'selu' | 'gelu' | 'swish' | 'tanh' | 'sigmoid' | 'softmax';
      bias?: boolean;
    }
  | {
      layer: 'transposed';
      filters: number;
      /**
       * Side of a filter.
       */
      kernel?: number;
      stride?: number;
      padding?: 'same' | 'valid';
      activation?:
        'linear' | 'relu' | 'relu6' | 'leakyRelu' | 'elu' | 'selu' | 'gelu' | 'swish' | 'tanh' | 'sigmoid' | 'softmax';
      bias?: boolean;
    }
  | {
      layer: 'dense';
      units: number;
      activation?:
        'linear' | 'relu' | 'relu6' | 'leakyRelu' | 'elu' | 'selu' | 'gelu' | 'swish' | 'tanh' | 'sigmoid' | 'softmax';
      bias?: boolean;
    }
  | {
      layer: 'max-pool';
      size?: number;
      stride?: number;
      padding?: 'same' | 'valid';
    }
  | {
      layer: 'average-pool';
      size?: number;
      stride?: number;
      padding?: 'same' | 'valid';
    }
  | {
      layer: 'global-average-pool';
    }
  | {
      layer: 'global-max-pool';
    }
  | {
      layer: 'batch-norm';
      /**
       * Share of the old moving mean and variance kept at each step.
       */
      momentum?: number;
      epsilon?: number;
    }
  | {
      layer: 'layer-norm';
      epsilon?: number;
    }
  | {
      layer: 'activation';
      activation: Activation;
    }
  | {
      layer: 'dropout';
      rate: number;
    }
  | {
      layer: 'flatten';
    };
export type Activation =
  'linear' | 'relu' | 'relu6' | 'leakyRelu' | 'elu' | 'selu' | 'gelu' | 'swish' | 'tanh' | 'sigmoid' | 'softmax';

/**
 * Trains a classifier on the train split, watched on the validation split; or one for each fold of the dataset, watched on the fold.
 */
export interface TrainParams {
  /**
   * The network between images and classes. conv-blocks: convolution, activation and pooling, several times, then a dense head. mlp: dense layers only. `layers` instead of either: what stands in it.
   */
  model?: {
    template?: 'conv-blocks' | 'mlp';
    /**
     * Filters of the first block; a list: of each block, what is beyond `blocks` unused.
     */
    filters?: number | [number, ...number[]];
    /**
     * Twice the filters in each further block; not with a list.
     */
    doubling?: boolean;
    blocks?: number;
    /**
     * Side of a filter; a list: of each block.
     */
    kernel?: number | [number, ...number[]];
    /**
     * Of convolutions. same: the size stays.
     */
    padding?: 'same' | 'valid';
    /**
     * Side of a max pooling window, its stride is 2; 0: none. A list: of each block.
     */
    pool?: number | [number, ...number[]];
    activation?:
      'linear' | 'relu' | 'relu6' | 'leakyRelu' | 'elu' | 'selu' | 'gelu' | 'swish' | 'tanh' | 'sigmoid' | 'softmax';
    /**
     * Batch normalisation before each activation.
     */
    batchNorm?: boolean;
    /**
     * Share of values set to zero in training, after each hidden dense layer; without one before the output.
     */
    dropout?: number;
    /**
     * From maps of features to a row of numbers: all their values, or the mean of each.
     */
    head?: 'flatten' | 'average';
    /**
     * Units of a hidden dense layer, or of each in a list; 0: none.
     */
    dense?: number | number[];
    /**
     * The layers one by one, in place of a template; the output layer is added.
     */
    layers?: null | [Layer, ...Layer[]];
    /**
     * How first weights are drawn; normal ones are cut at two deviations.
     */
    initializer?: 'glorot-uniform' | 'glorot-normal' | 'he-uniform' | 'he-normal';
    /**
     * A trained network that sees for this one: its first layers, frozen; `dense` or `layers` follow. Without `layers` the mean of each of its maps is taken.
     */
    backbone?: null | {
      /**
       * A trained network: a folder that `pipe backbone add` made, a layers or graph model of TensorFlow.js (model.json and its weights), or a .tflite or .onnx file.
       */
      path: string;
      /**
       * The last layer that is kept. Empty: the last before maps are flattened or averaged.
       */
      until?: string;
      /**
       * After `epochs` on frozen features, train the backbone's last layers, too. Its normalisation layers keep their moving means.
       */
      fineTune?: null | {
        /**
         * The first layer of the backbone that is trained, too; empty: all of it.
         */
        from?: string;
        epochs?: number;
        learningRate?: number;
      };
    };
  };
  optimizer?: {
    name?: 'adam' | 'adamw' | 'sgd' | 'rmsprop';
    /**
     * The largest; `schedule` may lower it.
     */
    learningRate?: number;
    /**
     * Of sgd; 0: none.
     */
    momentum?: number;
    /**
     * Of sgd: the gradient is taken where momentum leads.
     */
    nesterov?: boolean;
    /**
     * Of kernels. adamw: decoupled, each step takes this share times the rate away. Others: added to the gradient (L2).
     */
    weightDecay?: number;
    /**
     * Gradients longer than this, all weights taken together, are shortened to it; 0: never.
     */
    clipNorm?: number;
  };
  /**
   * How the learning rate changes.
   */
  schedule?: {
    /**
     * plateau: lower when `monitor` no longer gets better. cosine: down to `floor` along half a cosine. one-cycle: up from a 25th of the rate, then down to almost 0 (Smith, 2018).
     */
    name?: 'constant' | 'plateau' | 'cosine' | 'one-cycle';
    /**
     * Epochs in which the rate rises evenly from 0; not of one-cycle, which has its own.
     */
    warmup?: number;
    /**
     * Of plateau: a column of history.csv.
     */
    monitor?: string;
    /**
     * Of plateau: what the rate is multiplied by.
     */
    factor?: number;
    /**
     * Of plateau: epochs without improvement before the rate is lowered.
     */
    patience?: number;
    /**
     * Of plateau and cosine: the rate never falls below this share of it.
     */
    floor?: number;
    /**
     * Of one-cycle: share of the steps in which the rate rises.
     */
    rise?: number;
  };
  /**
   * What training makes small.
   */
  loss?: {
    /**
     * focal: images that are already right count less (Lin et al., 2017).
     */
    name?: 'cross-entropy' | 'focal';
    /**
     * Of focal: how much less.
     */
    gamma?: number;
    /**
     * Share of the truth spread evenly over all classes.
     */
    smoothing?: number;
  };
  /**
   * At most this many passes over the train split.
   */
  epochs?: number;
  /**
   * More than there are images: all of them at once.
   */
  batchSize?: number;
  /**
   * none: values from 0 to 1. symmetric: from -1 to 1. image: each image to mean 0 and deviation 1. dataset: by mean and deviation of the train split. imagenet: by the mean and deviation of each colour in ImageNet. A backbone that says what it expects beats it.
   */
  normalize?: 'none' | 'symmetric' | 'image' | 'dataset' | 'imagenet';
  /**
   * Train images are changed anew in every epoch; copies made once are what the stage `augment` makes.
   */
  augment?: {
    /**
     * Directions in which a copy may be mirrored, each with a chance of one half.
     */
    flip?: ('horizontal' | 'vertical')[];
    /**
     * At most this many degrees, either way.
     */
    rotate?: number;
    /**
     * Smallest and largest magnification; the size of the image stays, its border is mirrored.
     *
     * @minItems 2
     * @maxItems 2
     */
    scale?: [number, number];
    /**
     * At most this share of width and height, any way.
     */
    shift?: number;
    /**
     * Turn square images by none, one, two or three right angles.
     */
    quarterTurns?: boolean;
    /**
     * Values are multiplied by 1 plus or minus at most this.
     */
    brightness?: number;
    /**
     * Distances from the mean are multiplied by 1 plus or minus at most this.
     */
    contrast?: number;
    /**
     * Distances from grey are multiplied by 1 plus or minus at most this.
     */
    saturation?: number;
    /**
     * Colours turn by at most this many degrees, either way.
     */
    hue?: number;
    /**
     * Even out the contrast of grey images with a chance of one half.
     */
    clahe?: boolean;
    /**
     * Gaussian of at most this deviation in pixels.
     */
    blur?: number;
    /**
     * Sensor noise of at most this deviation in grey levels.
     */
    noise?: number;
    /**
     * Cover a square with a side of at most this share of the shorter side.
     */
    cutout?: number;
    /**
     * Operations drawn from a fixed list, after those asked for above. randaugment: some of one strength. trivialaugment: one of any strength.
     */
    policy?:
      | null
      | {
          name: 'randaugment';
          /**
           * For each copy.
           */
          operations?: number;
          /**
           * Of 30.
           */
          magnitude?: number;
        }
      | {
          name: 'trivialaugment';
        };
    /**
     * Each batch is blended with itself in another order, labels too; the share comes from a Beta distribution with this for both parameters (Zhang et al., 2018). 0: not.
     */
    mixup?: number;
    /**
     * A rectangle of each image comes from another one, labels by its area; the area comes from a Beta distribution as in `mixup` (Yun et al., 2019). With both, each batch has a chance of one half for either.
     */
    cutmix?: number;
  };
  /**
   * balanced: an image counts the more, the rarer its class is in the train split. With several labels an image: a label counts the more, the fewer images have it.
   */
  classWeights?: 'none' | 'balanced';
  /**
   * null: train for all epochs and keep the last weights.
   */
  earlyStopping?: null | {
    /**
     * A column of history.csv.
     */
    monitor?: string;
    /**
     * Epochs without improvement before stopping.
     */
    patience?: number;
    /**
     * A smaller change is no improvement.
     */
    minDelta?: number;
    /**
     * Keep the weights of the best epoch, not the last.
     */
    restoreBest?: boolean;
  };
  /**
   * Keep a moving average of the weights, this share of the old at each step, and measure and keep that; 0: none. Usual: 0.999.
   */
  ema?: number;
  /**
   * Measure after every so many epochs, and after the last.
   */
  evalEvery?: number;
  /**
   * Train metrics are measured after the epoch on at most this many originals of the train split, always the same; 0: on all.
   */
  trainSample?: number;
  /**
   * The splits to fit. With both, or of folds with all of them, nothing is left to validate on, and early stopping cannot look at it.
   */
  on?: 'train' | 'train+validation';
  /**
   * Of the streams of initial weights, order and dropout.
   */
  seed?: number;
}
