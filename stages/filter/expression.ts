/**
 * Conditions on samples, written as text: `width >= 64 and label != 'unknown'`.
 *
 *     condition   =  all { "or" all }
 *     all         =  one { "and" one }
 *     one         =  "not" one  |  "(" condition ")"  |  field of yes or no  |  operand comparison
 *     comparison  =  ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) operand
 *                 |  [ "not" ] "in" ( "[" constant { "," constant } "]"  |  field of a list )
 *     operand     =  field  |  constant
 *     constant    =  number  |  text in single or double quotes
 *
 * Only numbers are compared with numbers and texts with texts, which is looked at before any sample is. The text is read and
 * never run: a condition can do nothing but compare.
 */
import { didYouMean } from '../../src/base/did-you-mean.ts';
import { type Asked, FIELDS, type Kind, type Value } from './fields.ts';
import { failAt, readTokens, type Token } from './tokens.ts';

export interface Condition {
  /** Pixels have to be measured to know it. */
  readonly isMeasured: boolean;
  holds(asked: Asked): boolean;
}

interface Operand {
  readonly kind: Kind;
  readonly at: number;
  read(asked: Asked): Value;
}

type Holds = Condition['holds'];
type Simple = number | string;

const COMPARISONS: Readonly<Record<string, (a: Simple, b: Simple) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};
const WORDS = ['and', 'or', 'not', 'in'];

/** @throws StageError E0872 that says what is wrong at which place. */
export function readCondition(source: string): Condition {
  const tokens = readTokens(source);
  let next = 0;
  let isMeasured = false;
  const holds = condition();
  const rest = peek();
  if (rest.kind !== 'end') fail(rest, 'expected `and`, `or` or the end');
  return { isMeasured, holds };

  function condition(): Holds {
    const parts = [all()];
    while (took('or')) parts.push(all());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : (asked) => parts.some((part) => part(asked));
  }

  function all(): Holds {
    const parts = [one()];
    while (took('and')) parts.push(one());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : (asked) => parts.every((part) => part(asked));
  }

  function one(): Holds {
    if (took('not')) {
      const inner = one();
      return (asked) => !inner(asked);
    }
    if (took('(')) {
      const inner = condition();
      expect(')');
      return inner;
    }
    const left = operand();
    if (left.kind === 'yes or no') return (asked) => left.read(asked) === true;
    return comparison(left);
  }

  function comparison(left: Operand): Holds {
    if (took('not')) {
      const inner = membership(left);
      return (asked) => !inner(asked);
    }
    const sign = peek();
    if (sign.text === 'in' && sign.kind === 'word') return membership(left);
    const compare = sign.kind === 'sign' ? COMPARISONS[sign.text] : undefined;
    if (compare === undefined) fail(sign, 'expected a comparison: ==, !=, <, <=, >, >= or in');
    if (left.kind === 'list') failAt(source, left.at, 'a list is not compared', 'where: "\'cat\' in labels"');
    next++;
    const right = operand();
    requireKind(right, left.kind);
    return (asked) => compare(left.read(asked) as Simple, right.read(asked) as Simple);
  }

  function membership(left: Operand): Holds {
    expect('in');
    if (!took('[')) {
      const list = operand();
      requireKind(list, 'list');
      requireKind(left, 'text');
      return (asked) => (list.read(asked) as readonly string[]).includes(left.read(asked) as string);
    }
    const constants = new Set<Simple>();
    do {
      const each = peek();
      constants.add(constant()?.value ?? fail(each, 'expected a number or a text in quotes'));
      requireKind({ kind: each.kind === 'number' ? 'number' : 'text', at: each.at }, left.kind);
    } while (took(','));
    expect(']');
    return (asked) => constants.has(left.read(asked) as Simple);
  }

  function operand(): Operand {
    const token = peek();
    const fixed = constant();
    if (fixed !== null) {
      return { kind: token.kind === 'number' ? 'number' : 'text', at: token.at, read: () => fixed.value };
    }
    if (token.kind !== 'word' || WORDS.includes(token.text))
      fail(token, 'expected a field, a number or a text in quotes');
    const field = FIELDS.get(token.text);
    if (field === undefined) {
      const hint = didYouMean(token.text, FIELDS.keys()) ?? `a text is written in quotes: '${token.text}'`;
      return failAt(
        source,
        token.at,
        `there is no field \`${token.text}\`, but ${[...FIELDS.keys()].join(', ')}`,
        hint,
      );
    }
    next++;
    isMeasured ||= field.isMeasured;
    return { kind: field.kind, at: token.at, read: field.read };
  }

  /** Takes a number or a text; null when there is none. */
  function constant(): { readonly value: Simple } | null {
    const { kind, text } = peek();
    if (kind !== 'number' && kind !== 'text') return null;
    next++;
    return { value: kind === 'number' ? Number(text) : text };
  }

  function requireKind({ kind, at }: Pick<Operand, 'kind' | 'at'>, wanted: Kind): void {
    if (kind !== wanted) failAt(source, at, `expected a ${wanted}, not a ${kind}`);
  }

  function expect(text: string): void {
    if (!took(text)) fail(peek(), `expected \`${text}\``);
  }

  function took(text: string): boolean {
    const token = peek();
    const is = token.text === text && (token.kind === 'word' || token.kind === 'sign');
    if (is) next++;
    return is;
  }

  function peek(): Token {
    return tokens[next] ?? { kind: 'end', text: '', at: source.length };
  }

  function fail({ at }: Token, words: string): never {
    return failAt(source, at, words);
  }
}
