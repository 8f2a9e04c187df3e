/**
 * `${}` in text: the grammar. What names stand for is decided in `interpolate.ts`.
 *
 * DVC's language, on purpose small: `${a.b}`, `${a[0]}`, `\${` for the characters themselves. An opening without a closing
 * brace on the same line is plain text.
 */
import { fail, ok, type Result } from '../base/result.ts';

export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  /** `start` and `length` in the template, for messages. */
  | { readonly kind: 'reference'; readonly source: string; readonly start: number; readonly length: number };

const REFERENCE = /(\\?)\$\{([^}\n]*)\}/g;

/** True when a text needs no look at its parts: it stands for itself. */
export function isPlainText(text: string): boolean {
  return !text.includes('${');
}

export function hasReference(text: string): boolean {
  return splitTemplate(text).some((part) => part.kind === 'reference');
}

/** The parts of a template in order, escapes already undone. */
export function splitTemplate(text: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let position = 0;
  for (const match of text.matchAll(REFERENCE)) {
    if (match[1] === '\\') continue;
    if (match.index > position) parts.push({ kind: 'text', text: unescaped(text.slice(position, match.index)) });
    parts.push({ kind: 'reference', source: match[2] ?? '', start: match.index, length: match[0].length });
    position = match.index + match[0].length;
  }
  if (position < text.length) parts.push({ kind: 'text', text: unescaped(text.slice(position)) });
  return parts;
}

function unescaped(text: string): string {
  return text.replaceAll('\\${', '${');
}

/** `a.b[0].c` to its steps; the failure says what is wrong with it. */
export function parseReference(source: string): Result<readonly string[], string> {
  const text = source.trim();
  if (text === '') return fail('it is empty');
  const steps: string[] = [];
  const step = /([^.[\]]+)|\.([^.[\]]+)|\[([^.[\]]+)\]/y;
  while (step.lastIndex < text.length) {
    const start = step.lastIndex;
    const match = step.exec(text);
    const isFirst = steps.length === 0;
    // Only the first step stands without a dot or brackets.
    if (match === null || (match[1] !== undefined) !== isFirst) return fail(`\`${text.slice(start)}\` cannot be read`);
    steps.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  return ok(steps);
}

/** How a plain value reads inside a text: numbers in their one canonical form, null as `None`. */
export function printed(value: null | boolean | number | string): string {
  if (value === null) return 'None';
  if (value === 0) return '0'; // -0 too
  return String(value);
}
