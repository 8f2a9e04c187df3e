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
   * What an audit should find: how many of the pictures of each class have which fault; truth.jsonl tells which, and of copies which picture they are of.
   */
  faults?: {
    /**
     * The same picture as another one of its class.
     */
    duplicate?: {
      [k: string]: number;
    };
    /**
     * The same picture as one of another class.
     */
    otherLabel?: {
      [k: string]: number;
    };
    /**
     * Another one of its class, mirrored.
     */
    mirrored?: {
      [k: string]: number;
    };
    /**
     * A quarter of the light.
     */
    dark?: {
      [k: string]: number;
    };
    /**
     * Overexposed.
     */
    light?: {
      [k: string]: number;
    };
    /**
     * Out of focus.
     */
    blurred?: {
      [k: string]: number;
    };
    /**
     * Nothing but noise.
     */
    empty?: {
      [k: string]: number;
    };
    /**
     * Grey, stored as colour.
     */
    gray?: {
      [k: string]: number;
    };
    /**
     * Half of the file.
     */
    cutShort?: {
      [k: string]: number;
    };
  };
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
