import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseCommandLine } from './args.ts';
import { writeSchemaTypes } from './schema-types.ts';
import { types } from './types.ts';

let root = '';

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'types-'));
  mkdirSync(path.join(root, 'schemas/stages'), { recursive: true });
});

afterEach(() => rmSync(root, { recursive: true }));

function schema(name: string, text: string): void {
  writeFileSync(path.join(root, 'schemas/stages', `${name}.schema.json`), text);
}

const BLUR =
  '{"title":"BlurParams","type":"object","properties":{"radius":{"type":"integer","description":"In pixels."}}}';
const request = () => ({
  schemas: path.join(root, 'schemas/stages'),
  target: path.join(root, 'out'),
  command: 'pipe types',
  check: false,
});

test('a schema becomes a type of its title, with its descriptions', async () => {
  schema('blur', BLUR);
  expect(await writeSchemaTypes(request())).toEqual({ ok: true, value: { schemas: 1, changed: ['blur.ts'] } });
  expect(readFileSync(path.join(root, 'out/blur.ts'), 'utf8')).toBe(
    '/** Made from blur.schema.json by `pipe types`. Not edited by hand. */\n\nexport interface BlurParams {\n  /**\n   * In pixels.\n   */\n  radius?: number;\n}\n',
  );
});

test('a file that would not change is not written', async () => {
  schema('blur', BLUR);
  await writeSchemaTypes(request());
  const before = statSync(path.join(root, 'out/blur.ts'), { bigint: true }).mtimeNs;
  expect(await writeSchemaTypes(request())).toEqual({ ok: true, value: { schemas: 1, changed: [] } });
  expect(statSync(path.join(root, 'out/blur.ts'), { bigint: true }).mtimeNs).toBe(before);
});

test('check names what is out of date and writes nothing', async () => {
  schema('blur', BLUR);
  expect(await writeSchemaTypes({ ...request(), check: true })).toEqual({
    ok: true,
    value: { schemas: 1, changed: ['blur.ts'] },
  });
  expect(() => statSync(path.join(root, 'out'))).toThrow();
});

test('no folder of schemas is no schemas', async () => {
  expect(await writeSchemaTypes({ ...request(), schemas: path.join(root, 'none') })).toEqual({
    ok: true,
    value: { schemas: 0, changed: [] },
  });
});

test('E0908: a schema that cannot be read is named', async () => {
  schema('blur', '{ "type": ');
  const parsed = parseCommandLine(['types', '--quiet']);
  if (!parsed.ok || parsed.value.kind !== 'command') throw new Error('not a command');
  const context = { argv: [], operands: [], options: parsed.value.options, root, file: null, packageRoot: root };
  expect(await types(context)).toMatchObject({
    ok: false,
    failure: [{ code: 'E0908', path: 'schemas/stages/blur.schema.json' }],
  });
  schema('blur', BLUR);
  expect(await types(context)).toEqual({ ok: true, value: 0 });
  expect(readFileSync(path.join(root, 'schemas/generated/blur.ts'), 'utf8')).toContain('BlurParams');
});
