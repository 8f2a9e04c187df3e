/**
 * HTML put together from values: text is escaped unless it is markup already.
 *
 * Every page is written with the tag below. A string from a record, a class name say, cannot become markup by being
 * forgotten: it would have to be passed to `trusted`, which only texts of this program are.
 */
import { visible } from './visible.ts';

/** Markup, as told from text by its type. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Content = string | number | Html | null | readonly Content[];

/** `html` before a template: values are escaped, lists joined, null left out. Attribute values need double quotes. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(parts.map((part, i) => (i === 0 ? part : renderContent(values[i - 1] ?? null) + part)).join(''));
}

/** Markup written by this program as a whole, such as a style sheet. Never pass what a record holds. */
export function trusted(text: string): Html {
  return new Html(text);
}

/** JSON as the content of a script element: no text in it can end the element. */
export function jsonContent(value: unknown): Html {
  return new Html(JSON.stringify(value).replace(/[<\u2028-\u202e\u2066-\u2069]/g, codeEscape));
}

function codeEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function renderContent(content: Content): string {
  if (content === null) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'string' || typeof content === 'number') return escapeText(String(content));
  return content.map(renderContent).join('');
}

/** Also shows control characters, and marks that reorder text, as escapes. */
function escapeText(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
