/** Made from backbone.schema.json by `npm run types`. Not edited by hand. */

/**
 * backbone.json: what is known of a trained network besides its weights. `pipe backbone add` writes it; write one yourself for a network of your own.
 */
export interface Backbone {
  name?: string;
  /**
   * The network, beside this file: model.json of TensorFlow.js (layers or graph), .tflite or .onnx.
   */
  file: string;
  /**
   * The images it was trained on.
   */
  input?: {
    width: number;
    height: number;
    channels: number;
  };
  /**
   * What it expects images to have gone through: (value - mean) / deviation, values 0-255, means and deviations of red, green and blue. Used in place of `normalize`.
   */
  preprocessing?: {
    /**
     * bgr: it takes blue first. Images stay as they are; the first filters are turned.
     */
    order?: 'rgb' | 'bgr';
    mean: number[];
    deviation: number[];
  };
  license?: string;
  /**
   * Where it is from: package@version, or an address.
   */
  source?: string;
  /**
   * SHA-256 of files beside this one; a file with other bytes is not used.
   */
  sha256?: {
    [k: string]: string;
  };
}
