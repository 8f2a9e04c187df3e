/** Made from train.schema.json by `npm run types`. Not edited by hand. */

/**
 * Trains a convolutional classifier on the train split, watched on the validation split.
 */
export interface TrainParams {
  /**
   * Blocks of convolution, activation and max pooling, then a dense head.
   */
  model?: {
    /**
     * Filters of the first block.
     */
    filters?: number;
    /**
     * Twice the filters in each further block.
     */
    doubling?: boolean;
    blocks?: number;
    /**
     * Side of a filter.
     */
    kernel?: number;
    /**
     * Side of a pooling window; its stride is 2.
     */
    pool?: number;
    activation?: 'relu' | 'leakyRelu' | 'tanh' | 'elu';
    /**
     * Batch normalisation before each activation.
     */
    batchNorm?: boolean;
    /**
     * Share of inputs of the last layer set to zero in training.
     */
    dropout?: number;
    /**
     * Units of a hidden dense layer; 0: none.
     */
    dense?: number;
  };
  optimizer?: {
    name?: 'adam' | 'sgd' | 'rmsprop';
    learningRate?: number;
    /**
     * Of sgd; the others do not use it.
     */
    momentum?: number;
  };
  /**
   * At most this many passes over the train split.
   */
  epochs?: number;
  batchSize?: number;
  /**
   * none: values from 0 to 1. image: each image to mean 0 and deviation 1. dataset: by mean and deviation of the train split.
   */
  normalize?: 'none' | 'image' | 'dataset';
  /**
   * balanced: an image counts the more, the rarer its class is in the train split.
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
   * Of the streams of initial weights, order and dropout.
   */
  seed?: number;
}
