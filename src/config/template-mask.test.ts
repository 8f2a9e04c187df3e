import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskTemplates, unmaskTemplates } from './template-mask.ts';
import type { Tree } from './tree.ts';
import { parseYaml } from './yaml-text.ts';

function value(text: string): unknown {
  const tree = parseYaml(text, 'f.yaml');
  if (!tree.ok) throw new Error(tree.failure[0]?.message);
  const plain = (each: Tree): unknown =>
    each.kind === 'map'
      ? Object.fromEntries([...each.entries].map(([name, entry]) => [name, plain(entry.value)]))
      : each.kind === 'list'
        ? each.items.map(plain)
        : each.value;
  return plain(tree.value);
}

test('a template needs no quotes in a flow map or a flow list', () => {
  expect(value('a: { seed: ${seed}, list: [${x[0].y}, "${z}", 2] }')).toEqual({
    a: { seed: '${seed}', list: ['${x[0].y}', '${z}', 2] },
  });
});

test('keys may hold templates, and block values are untouched', () => {
  expect(value('${key}: |\n  for i in ${list}; do echo "${i}"; done\n')).toEqual({
    '${key}': 'for i in ${list}; do echo "${i}"; done\n',
  });
});

test('masking keeps every column and undoes itself, for any text', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom('${a}', '${a[1]}', '\\${b}', '${', '}', '{'))),
      (parts) => {
        const text = parts.join('');
        const masked = maskTemplates(text);
        expect(masked.length).toBe(text.length);
        if (masked !== text) expect(unmaskTemplates(masked)).toBe(text);
      },
    ),
  );
});
