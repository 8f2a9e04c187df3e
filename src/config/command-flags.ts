/** A map in a command becomes flags for the program, as DVC does it with its default settings. */
import { fail, ok, type Result } from '../base/result.ts';
import { printed } from './template.ts';
import type { MapTree } from './tree.ts';

/**
 * `{lr: 0.1, deep: {on: true}, names: [a, b]}` to `--lr 0.1 --deep.on --names a b`. True is the flag alone, false is left
 * out. Fails on a list that holds lists or maps.
 */
export function flagsOfMap(map: MapTree, prefix = ''): Result<string, 'nested list'> {
  const flags: string[] = [];
  for (const [key, { value }] of map.entries) {
    const name = `${prefix}${key}`;
    if (value.kind === 'map') {
      const nested = flagsOfMap(value, `${name}.`);
      if (!nested.ok) return nested;
      if (nested.value !== '') flags.push(nested.value);
    } else if (value.kind === 'list') {
      const items: string[] = [];
      for (const item of value.items) {
        if (item.kind !== 'scalar') return fail('nested list');
        items.push(argument(item.value));
      }
      if (items.length > 0) flags.push(`--${name} ${items.join(' ')}`);
    } else if (typeof value.value === 'boolean') {
      if (value.value) flags.push(`--${name}`);
    } else flags.push(`--${name} ${argument(value.value)}`);
  }
  return ok(flags.join(' '));
}

function argument(value: null | boolean | number | string): string {
  return typeof value === 'string' ? shellQuoted(value) : printed(value);
}

/** A text as one word for a POSIX shell. */
function shellQuoted(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
