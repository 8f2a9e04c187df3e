/** What every drawn picture is: pixels and what is true of it. */

export interface Defect {
  readonly kind: string;
  /** 0 to 1. */
  readonly severity: number;
  /** Left, top, width, height in pixels: where to look for it. */
  readonly box: readonly [number, number, number, number];
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
  readonly defects: readonly Defect[];
  /** Which of the camera's set-ups took it. */
  readonly setup: number;
}

export interface Drawing {
  readonly seed: number;
  /** Of the picture in its series: seed and index alone decide everything by chance. */
  readonly index: number;
  /** 0 to 1: how strong the nuisances are, and how faint what matters may be. */
  readonly difficulty: number;
  readonly setup: number;
}
