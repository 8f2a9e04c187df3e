/**
 * Reads `predictions.csv`: what a model said of each sample. The contract with whatever stage writes it, in any language:
 *
 *     id,label,predicted,CLASS,CLASS,...       a header; the columns after the third, if any, are named after the classes
 *     plates/07.png,ok,defective,0.31,0.69     one line a sample; probabilities of the classes in the order of the header
 *
 * Between `id` and `label` may stand `group`, equal for samples that belong together, and `fold`, out of which each was predicted.
 *
 * Several labels of one sample are joined by `;`, in both columns.
 *
 * Written for speed, because two files of 100,000 lines are read while a person waits: lines are walked through by character
 * and only the probability that is needed is read.
 */
import fs from 'node:fs';

export interface PredictionTable {
  readonly ids: readonly string[];
  /** Names of classes: those of the header first, then others that occur. */
  readonly classes: readonly string[];
  /** What each sample belongs to, such as the part that several images show; null when the file does not say. */
  readonly groups: readonly string[] | null;
  /** Of a cross-validation: the fold each sample was predicted out of. */
  readonly folds: readonly string[] | null;
  /** A sample may have several labels: the classes include combinations of them. */
  readonly isMultiLabel: boolean;
  /** Place in `classes` of each sample's true class. */
  readonly labels: Int32Array;
  readonly predicted: Int32Array;
  /** Probability of the true class; null when the file holds none. */
  readonly ofTruth: Float64Array | null;
  /** Of two classes the probability of the second; null otherwise. */
  readonly ofSecond: Float64Array | null;
}

/** @returns null when the text is no such table; the reason does not matter, since whoever reads it goes on without. */
export function parsePredictions(text: string): PredictionTable | null {
  const header = readLine(text, 0);
  const about = aboutColumns(header.fields);
  const [id, , predicted, ...columns] = header.fields.toSpliced(1, about.length);
  if (id !== 'id' || predicted !== 'predicted') return null;
  const classes = [...columns];
  const places = new Map(classes.map((name, place) => [name, place]));
  const placeOf = (name: string) => {
    let place = places.get(name);
    if (place === undefined) {
      place = classes.push(name) - 1;
      places.set(name, place);
    }
    return place;
  };
  // Names come again and again: one that was last seen with the same ends and length is compared in place, not cut out.
  const recent = new Int32Array(1024).fill(-1);
  const placeAt = (from: number, to: number) => {
    const slot = (text.charCodeAt(from) * 31 + text.charCodeAt(to - 1) * 7 + to - from) & 1023;
    const known = classes[recent[slot] as number];
    if (known !== undefined && known.length === to - from && text.startsWith(known, from))
      return recent[slot] as number;
    const place = placeOf(text.slice(from, to));
    recent[slot] = place;
    return place;
  };
  const ids: string[] = [];
  const told = about.map((): string[] => []);
  const labels: number[] = [];
  const guesses: number[] = [];
  const ofTruth: number[] = [];
  const ofSecond: number[] = [];
  let quote = nextQuote(text, header.next);
  for (let at = header.next; at < text.length; ) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    const last = text.charCodeAt(end - 1) === RETURN ? end - 1 : end;
    if (last <= at) {
      at = end + 1;
      continue;
    }
    // Quoted fields are rare and may hold commas and line ends: they take the slow way.
    if (quote < last) {
      const line = readLine(text, at);
      for (const [place, values] of told.entries()) values.push(line.fields[1 + place] ?? '');
      const fields = line.fields.toSpliced(1, about.length);
      if (fields.length < 3) return null;
      const label = placeOf(fields[1] ?? '');
      ids.push(fields[0] ?? '');
      labels.push(label);
      guesses.push(placeOf(fields[2] ?? ''));
      ofTruth.push(Number(fields[3 + label] ?? Number.NaN));
      ofSecond.push(Number(fields[4] ?? Number.NaN));
      at = line.next;
      quote = nextQuote(text, at);
      continue;
    }
    const idEnd = text.indexOf(',', at);
    let first = idEnd;
    for (const values of told) {
      const next = text.indexOf(',', first + 1);
      values.push(text.slice(first + 1, next));
      first = next;
    }
    const second = text.indexOf(',', first + 1);
    const third = text.indexOf(',', second + 1);
    const guessEnd = third < 0 || third > last ? last : third;
    if (idEnd < 0 || first < idEnd || second < 0 || second > last) return null;
    const label = placeAt(first + 1, second);
    ids.push(text.slice(at, idEnd));
    labels.push(label);
    guesses.push(placeAt(second + 1, guessEnd));
    if (columns.length > 0) {
      ofTruth.push(numberAt(text, guessEnd, last, label));
      if (columns.length === 2)
        ofSecond.push(label === 1 ? (ofTruth.at(-1) as number) : numberAt(text, guessEnd, last, 1));
    }
    at = end + 1;
  }
  const columnOf = (name: string) => told[about.indexOf(name)] ?? null;
  return {
    ids,
    classes,
    groups: columnOf('group'),
    folds: columnOf('fold'),
    isMultiLabel: columns.length > 0 && classes.some((name) => name.includes(';') && !columns.includes(name)),
    labels: Int32Array.from(labels),
    predicted: Int32Array.from(guesses),
    ofTruth: columns.length > 0 ? Float64Array.from(ofTruth) : null,
    ofSecond: columns.length === 2 ? Float64Array.from(ofSecond.slice(0, ids.length)) : null,
  };
}

const ABOUT = ['group', 'fold'];

/** The columns between `id` and `label`, if they are those there may be. */
function aboutColumns(header: readonly string[]): readonly string[] {
  const found = header.slice(1, header.indexOf('label', 1));
  return found.every((name) => ABOUT.includes(name)) ? found : [];
}

/** The same from a file; null when it is not there. */
export function readPredictions(file: string | null): PredictionTable | null {
  if (file === null) return null;
  try {
    return parsePredictions(fs.readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function nextQuote(text: string, from: number): number {
  const place = text.indexOf('"', from);
  return place < 0 ? Number.POSITIVE_INFINITY : place;
}

const RETURN = 13;
const COMMA = 44;
const POINT = 46;
const ZERO = 48;

/** The number in the column `column` after the comma at `from`. */
function numberAt(text: string, from: number, end: number, column: number): number {
  let at = from;
  for (let left = column; left > 0; left--) {
    at = text.indexOf(',', at + 1);
    if (at < 0 || at >= end) return Number.NaN;
  }
  let stop = at + 1;
  while (stop < end && text.charCodeAt(stop) !== COMMA) stop++;
  return stop === at + 1 ? Number.NaN : decimalAt(text, at + 1, stop);
}

/** Powers of ten that are exact, as are whole numbers of so many digits: their quotient is rounded once, as `Number` does. */
const MOST_DIGITS = 15;
const POWERS = Array.from({ length: MOST_DIGITS + 1 }, (_, digits) => 10 ** digits);

/** `0.693147`, without cutting it out; whatever is written in another way goes through `Number`. */
function decimalAt(text: string, from: number, to: number): number {
  if (to - from > MOST_DIGITS) return Number(text.slice(from, to));
  let [whole, point] = [0, -1];
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit >= 0 && digit <= 9) whole = whole * 10 + digit;
    else if (digit === POINT - ZERO && point < 0 && to - from > 1) point = at;
    else return Number(text.slice(from, to));
  }
  return point < 0 ? whole : whole / (POWERS[to - point - 1] as number);
}

/** Fields of the line that begins at `from`, as RFC 4180 has them. */
function readLine(text: string, from: number): { readonly fields: string[]; readonly next: number } {
  const fields: string[] = [];
  let at = from === 0 && text.charCodeAt(0) === 0xfeff ? 1 : from;
  for (;;) {
    let field = '';
    if (text[at] === '"') {
      for (at++; at < text.length; at++) {
        if (text[at] !== '"') field += text[at];
        else if (text[at + 1] === '"') field += text[at++];
        else break;
      }
      at++;
    } else {
      const start = at;
      while (at < text.length && text[at] !== ',' && text[at] !== '\n' && text[at] !== '\r') at++;
      field = text.slice(start, at);
    }
    fields.push(field);
    if (text[at] === ',') at++;
    else {
      while (at < text.length && text[at] !== '\n') at++;
      return { fields, next: at + 1 };
    }
  }
}
