/** Cuts the text of an expression into words, numbers, texts and signs, each with its place. Pure. */
import { StageError } from '../../src/sdk/index.ts';

export interface Token {
  /** end: after the last one, so that there is always a next. */
  readonly kind: 'word' | 'number' | 'text' | 'sign' | 'end';
  /** As written; of a text what is between its quotes. */
  readonly text: string;
  /** Of its first character in the expression, from 0. */
  readonly at: number;
}

const SPACE = /\s*/y;
/** A quote within a text is written twice, as in YAML. */
const TOKEN =
  /(?<word>[A-Za-z_]\w*)|(?<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))|(?<text>'(?:[^']|'')*'|"(?:[^"]|"")*")|(?<sign>[=!<>]=|[<>()[\],])/y;

/** The last one is the end. */
export function readTokens(source: string): Token[] {
  const tokens: Token[] = [];
  for (let at = skip(source, 0); at < source.length; at = skip(source, TOKEN.lastIndex)) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(source)?.groups;
    if (groups === undefined) return refuse(source, at);
    const [kind, found] = Object.entries(groups).find(([, text]) => text !== undefined) as [Token['kind'], string];
    const quote = found.charAt(0);
    tokens.push({ kind, text: kind === 'text' ? found.slice(1, -1).replaceAll(quote + quote, quote) : found, at });
  }
  return [...tokens, { kind: 'end', text: '', at: source.length }];
}

/** @throws StageError that shows where in the expression it went wrong. */
export function failAt(source: string, at: number, words: string, hint = "where: width >= 64 and label != 'x'"): never {
  const rest = source.slice(at, at + 20);
  const shown = rest === '' ? 'at its end' : `at character ${at + 1}, \`${rest}${at + 20 < source.length ? '…' : ''}\``;
  throw new StageError(`\`where\` cannot be read ${shown}: ${words}`, { code: 'E0872', hint });
}

function skip(source: string, from: number): number {
  SPACE.lastIndex = from;
  SPACE.exec(source);
  return SPACE.lastIndex;
}

function refuse(source: string, at: number): never {
  const character = source.charAt(at);
  if (character === "'" || character === '"') failAt(source, at, `a text without its closing ${character}`);
  if (character === '=') failAt(source, at, 'equality is written ==');
  return failAt(source, at, 'expected a field, a number, a text in quotes, or a sign');
}
