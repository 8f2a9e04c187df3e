import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { compareFiles } from './compare-files.ts';

async function compare(name: string, was: string | Buffer, is: string | Buffer, tolerance: number | null = null) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'compare-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true }));
  const [a, b] = [path.join(folder, 'a'), path.join(folder, 'b')];
  fs.writeFileSync(a, was);
  fs.writeFileSync(b, is);
  return compareFiles(name, a, b, tolerance);
}

test('JSON is compared value by value, with the path of what differs', async () => {
  const { result, how } = await compare('m.json', '{"a":{"b":[1,2]},"c":"x"}', '{"a":{"b":[1,3]},"d":true}');
  expect(result).toBe('different');
  expect(how).toEqual(['a.b[1]: 2 -> 3', 'c: "x" -> absent', 'd: absent -> true']);
});

test('a tolerance lets numbers differ, near zero by as much, otherwise in proportion, and nothing else', async () => {
  expect(await compare('m.json', '{"a":1e-9,"b":1000}', '{"a":2e-9,"b":1000.0005}', 1e-6)).toMatchObject({
    result: 'near',
  });
  expect(await compare('m.json', '{"a":1}', '{"a":1.00001}', 1e-6)).toMatchObject({ result: 'different' });
  expect(await compare('m.json', '{"a":"1"}', '{"a":"1.0"}', 1)).toMatchObject({ result: 'different' });
  expect(await compare('m.yaml', 'a: 1\n', 'a: 1.0000001\n', 1e-6)).toMatchObject({ result: 'near' });
  expect(await compare('t.csv', 'x,y\n1,a\n', 'x,y\n1.0000001,a\n', 1e-6)).toMatchObject({ result: 'near' });
  expect(await compare('t.txt', '1\n', '1.0000001\n', 1e-6)).toMatchObject({ result: 'different' });
});

test('equal values in another layout are other bytes without a tolerance', async () => {
  expect(await compare('m.json', '{"a":1}', '{ "a": 1 }')).toEqual({
    result: 'different',
    how: ['line 1:', '- {"a":1}', '+ { "a": 1 }'],
  });
  expect(await compare('m.json', '{"a":1}', '{ "a": 1 }', 0)).toMatchObject({ result: 'near' });
});

test('a table names line and column', async () => {
  expect((await compare('t.csv', 'step,loss\n1,0.5\n2,0.4\n', 'step,loss\n1,0.5\n2,0.3\n')).how).toEqual([
    'line 3, `loss`: 0.4 -> 0.3',
  ]);
});

test('text shows the lines that differ, long runs of them shortened', async () => {
  const { how } = await compare('log', 'a\nb\nc\n', 'a\n1\n2\n3\n4\n5\nc\n');
  expect(how).toEqual(['line 2:', '- b', '+ 1', '+ 2', '+ 3', '+ … 2 more lines']);
  const line = 'x'.repeat(500);
  const wide = await compare('log', `${line}a${line}`, `${line}b${line}`);
  expect(wide.how).toEqual([
    'line 1:',
    `- …${'x'.repeat(40)}a${'x'.repeat(79)}…`,
    `+ …${'x'.repeat(40)}b${'x'.repeat(79)}…`,
  ]);
});

test('other files show the first byte that differs, also where one only goes on', async () => {
  const long = Buffer.alloc(3 << 20, 7);
  const changed = Buffer.from(long);
  changed[2_500_000] = 0;
  expect((await compare('image.png', long, changed)).how).toEqual([
    'first different byte at 2500000 of 3145728: 0x07 -> 0x00',
  ]);
  expect((await compare('image.png', Buffer.of(0, 1), Buffer.of(0, 1, 2))).how).toEqual([
    'first different byte at 2 (2 bytes -> 3 bytes): end -> 0x02',
  ]);
});

function npy(type: string, shape: string, data: Buffer, fortran = 'False'): Buffer {
  const header = Buffer.from(
    `${`{'descr': '${type}', 'fortran_order': ${fortran}, 'shape': (${shape}), }`.padEnd(117)}\n`,
  );
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), length, header, data]);
}

test('arrays show the first element that differs by its indices, in either order of memory', async () => {
  const [was, is] = [Buffer.from([0, 1, 2, 3, 4, 5]), Buffer.from([0, 1, 2, 9, 4, 5])];
  expect((await compare('a.npy', npy('|u1', '2, 3', was), npy('|u1', '2, 3', is))).how).toEqual([
    'element [1, 0]: 3 -> 9',
    '1 of 6 elements differ',
  ]);
  expect((await compare('a.npy', npy('|u1', '2, 3', was, 'True'), npy('|u1', '2, 3', is, 'True'))).how[0]).toBe(
    'element [1, 1]: 3 -> 9',
  );
  expect((await compare('a.npy', npy('|u1', '2, 3', was), npy('|u1', '6,', is))).how).toEqual([
    'array: |u1 [2, 3] -> |u1 [6]',
  ]);
});
