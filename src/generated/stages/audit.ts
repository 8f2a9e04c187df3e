/** Made from audit.schema.json by `npm run types`. Not edited by hand. */

/**
 * Looks a dataset over before anything is trained on it: counts, sizes, duplicates, leaks between splits, labels in doubt, and what the test split can prove at best.
 */
export interface AuditParams {
  /**
   * Bits of 64 in which the perceptual hashes of two images may differ. null: they are not looked for, where all images look alike by nature.
   */
  nearDuplicates?: null | {
    /**
     * At most this many, and layouts that agree: an error across splits, a warning across labels.
     */
    alike?: number;
    /**
     * At most this many: worth a look.
     */
    review?: number;
    /**
     * Compare mirrored and turned images, too: named where their layouts agree.
     */
    orientations?: boolean;
  };
  /**
   * Limits with the meaning they have in CleanVision.
   */
  quality?: {
    /**
     * The 99th percentile of brightness below this.
     */
    dark?: number;
    /**
     * 1 minus the 5th percentile of brightness below this.
     */
    light?: number;
    /**
     * Sharpness of edges below this.
     */
    blurred?: number;
    /**
     * A tenth of the bits a grey level holds below this.
     */
    lowInformation?: number;
    /**
     * Short side by long side below this.
     */
    aspect?: number;
  };
  /**
   * How far validation and test may be from train.
   */
  drift?: {
    /**
     * Kolmogorov-Smirnov statistic of a property of images.
     */
    property?: number;
    /**
     * Distance between the shares of the classes.
     */
    labels?: number;
    /**
     * Area under the curve of a classifier that tells the splits apart; 0.5: it cannot.
     */
    splits?: number;
  };
  /**
   * The largest class may have this many times the images of the smallest.
   */
  imbalance?: number;
  /**
   * Association (Cramér's V) above which being grey gives the label away.
   */
  grayAssociation?: number;
  /**
   * Points of per cent by which an accuracy of 90 % on the test split may be unsure.
   */
  testHalfWidth?: number;
  /**
   * At most this many labels in doubt are named; 0: do not look for them.
   */
  labelIssues?: number;
  /**
   * Findings that fail the pipeline.
   */
  fail?: (
    | 'unreadable'
    | 'duplicate-across-splits'
    | 'duplicate-with-another-label'
    | 'duplicate'
    | 'near-duplicate-across-splits'
    | 'near-duplicate-with-another-label'
    | 'near-duplicate'
    | 'family-across-splits'
    | 'derived-outside-train'
    | 'single-class'
    | 'empty-class'
    | 'imbalance'
    | 'small-test'
    | 'odd-size'
    | 'odd-aspect'
    | 'gray-coded-as-colour'
    | 'gray-predicts-label'
    | 'dark'
    | 'light'
    | 'blurred'
    | 'low-information'
    | 'drift'
    | 'splits-told-apart'
    | 'label-issue'
  )[];
  /**
   * What no machine can answer, by title: kinds of anomalies, how labels were made, what was left out.
   */
  notes?: {
    [k: string]: string;
  };
  /**
   * Images shown for each kind of finding and each class.
   */
  thumbnails?: number;
  /**
   * Of the streams of folds and of the images shown.
   */
  seed?: number;
}
