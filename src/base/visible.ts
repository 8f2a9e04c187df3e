/** Text from files and records, made safe to show: it cannot move a cursor, break a line or change the order of what is read. */

const CONTROL = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** The text on one line: control characters, and marks that reorder text, are written as escapes. */
export function visible(text: string): string {
  return text.replace(CONTROL, (each) => {
    if (each === '\n') return '\\n';
    if (each === '\t') return '\\t';
    if (each === '\r') return '\\r';
    return `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
