/** The images of a set seen in a mirror: left and right changed places. */
import type { Inputs } from '../training/inputs.ts';

export function flipImages(inputs: Inputs): Inputs {
  const [height, width, channels] = inputs.shape;
  const rowBytes = width * channels;
  const pixels = new Uint8Array(inputs.pixels.length);
  const rows = inputs.samples.length * height;
  for (let row = 0; row < rows; row++) {
    for (let x = 0; x < width; x++) {
      const from = row * rowBytes + (width - 1 - x) * channels;
      for (let channel = 0; channel < channels; channel++)
        pixels[row * rowBytes + x * channels + channel] = inputs.pixels[from + channel] as number;
    }
  }
  return { ...inputs, pixels };
}
