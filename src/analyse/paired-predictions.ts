/** Two models' predictions brought together, sample by sample. */
import type { PredictionTable } from './predictions.ts';

/** The same samples in the same order, classes by one list of names. */
export interface Pairing {
  readonly ids: readonly string[];
  readonly classes: readonly string[];
  readonly isMultiLabel: boolean;
  /** What each sample belongs to; null where all stand alone. */
  readonly groups: readonly string[] | null;
  /** The fold each was predicted out of, where it is the same for both; else null. */
  readonly folds: readonly string[] | null;
  readonly labels: Int32Array;
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly firstTruth: Float64Array | null;
  readonly secondTruth: Float64Array | null;
  readonly firstSecondClass: Float64Array | null;
  readonly secondSecondClass: Float64Array | null;
  /** Samples only one of them predicted, or whose true class they disagree about: no part of any test. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
}

/** Null when they have no sample in common. */
export function pairPredictions(a: PredictionTable, b: PredictionTable): Pairing | null {
  const classes = [...a.classes];
  const places = new Map(classes.map((name, place) => [name, place]));
  const toCommon = b.classes.map((name) => {
    const place = places.get(name) ?? classes.push(name) - 1;
    places.set(name, place);
    return place;
  });
  const inB = samePlaces(a.ids, b.ids) ?? byId(a.ids, b.ids);
  const isKept = (j: number, i: number) => j >= 0 && toCommon[b.labels[j] as number] === a.labels[i];
  const [inFirst, inSecond] = [
    inB.map((j, i) => (isKept(j, i) ? i : -1)),
    inB.map((j, i) => (isKept(j, i) ? j : -1)),
  ].map((places) => places.filter((place) => place >= 0)) as [Int32Array, Int32Array];
  if (inFirst.length === 0) return null;
  const ofFirst = (from: Int32Array) => inFirst.map((place) => from[place] as number);
  const floats = (values: Float64Array | null, places: Int32Array) =>
    values === null ? null : new Float64Array(places.length).map((_, i) => values[places[i] as number] as number);
  return {
    ids: inFirst.length === a.ids.length ? a.ids : Array.from(inFirst, (place) => a.ids[place] as string),
    classes,
    isMultiLabel: a.isMultiLabel || b.isMultiLabel,
    groups: pick(a.groups, inFirst) ?? pick(b.groups, inSecond),
    folds: agreed(pick(a.folds, inFirst), pick(b.folds, inSecond)),
    labels: ofFirst(a.labels),
    first: ofFirst(a.predicted),
    second: inSecond.map((place) => toCommon[b.predicted[place] as number] as number),
    firstTruth: floats(a.ofTruth, inFirst),
    secondTruth: floats(b.ofTruth, inSecond),
    firstSecondClass: floats(a.ofSecond, inFirst),
    secondSecondClass: sameNames(a.classes, b.classes) ? floats(b.ofSecond, inSecond) : null,
    onlyFirst: a.ids.length - inFirst.length,
    onlySecond: b.ids.length - inFirst.length,
  };
}

function pick(values: readonly string[] | null, places: Int32Array): string[] | null {
  return values === null ? null : Array.from(places, (place) => values[place] as string);
}

function agreed(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
  return a !== null && b !== null && sameNames(a, b) ? a : null;
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, place) => name === b[place]);
}

/** Mostly both stand in the same order, which spares a table of 100,000 names. */
function samePlaces(a: readonly string[], b: readonly string[]): Int32Array | null {
  return sameNames(a, b) ? new Int32Array(a.length).map((_, place) => place) : null;
}

function byId(a: readonly string[], b: readonly string[]): Int32Array {
  const places = new Map(b.map((id, place) => [id, place]));
  return Int32Array.from(a, (id) => places.get(id) ?? -1);
}
