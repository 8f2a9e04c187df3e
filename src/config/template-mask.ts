/**
 * Lets `${name}` stand unquoted in flow maps: `{ seed: ${seed} }`.
 *
 * To YAML its braces end the map. So before parsing, braces and brackets of templates become private-use characters, one for
 * one, which keeps every column; in the values that come out they become what they were.
 */

const TEMPLATE = /\$\{[^{}\n]*\}/g;
const SPECIAL = '{}[]';
const FIRST = 0xe0f0;
const MASKED = /[\ue0f0-\ue0f3]/g;

/** Text that already holds one of the private characters is left as it is: its templates need quotes in flow maps. */
export function maskTemplates(text: string): string {
  if (!text.includes('${') || text.search(MASKED) >= 0) return text;
  return text.replace(TEMPLATE, (template) =>
    template.replace(/[{}[\]]/g, (each) => String.fromCharCode(FIRST + SPECIAL.indexOf(each))),
  );
}

export function unmaskTemplates(text: string): string {
  return text.replace(MASKED, (each) => SPECIAL[each.charCodeAt(0) - FIRST] as string);
}
