/** Made from synthesize.schema.json by `npm run types`. Not edited by hand. */

/**
 * Draws pictures whose truth is known: to try a pipeline on, and to prove what a recipe really measures.
 */
export interface SynthesizeParams {
  /**
   * plates: moulded plates, 60 x 30, colour; classes ok, defective. screws: grey; classes ok, defective. fruit: colour; classes cherry, strawberry, tomato.
   */
  subject: 'plates' | 'screws' | 'fruit';
  /**
   * Pictures of each class; 100 of those not named.
   */
  counts?: {
    [k: string]: number;
  };
  /**
   * Side in pixels of screws and fruit; plates have their own size.
   */
  size?: number;
  /**
   * Of fruit: how many pictures of each class have other sizes.
   */
  oddSizes?: {
    [k: string]: number;
  };
  /**
   * How strong nuisances are, and how faint a defect may be.
   */
  difficulty?: number;
  /**
   * Share of pictures that lie in the folder of another class; truth.jsonl tells which.
   */
  labelNoise?: number;
  /**
   * Set-ups of camera and light, taken in turn; truth.jsonl tells which.
   */
  setups?: number;
  /**
   * jpeg: quality 90, about a quarter of the bytes.
   */
  format?: 'png' | 'jpeg';
  /**
   * Seed and number of a picture decide it.
   */
  seed?: number;
}
