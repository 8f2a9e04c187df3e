import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseCsv } from '../../base/csv.ts';
import { SPEC_END, writeCharts } from './chart-files.ts';
import { type Chart, drawChart } from './draw-chart.ts';

const SDK = path.join(import.meta.dirname, '../../../dist/sdk-charts.mjs');
let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'charts-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

function lines(name: string, rows: Chart['rows']): Chart {
  return {
    name,
    spec: {
      title: 'Loss',
      description: 'Loss by epoch.',
      width: 300,
      height: 200,
      mark: { type: 'line', clip: true, point: true },
      encoding: {
        x: { field: 'epoch', type: 'quantitative' },
        y: { field: 'loss', type: 'quantitative' },
        color: { field: 'split', type: 'nominal' },
      },
    },
    rows,
  };
}

const ROWS = [
  { epoch: 1, loss: 0.9, split: 'train' },
  { epoch: 2, loss: 0.5, split: 'train' },
  { epoch: 1, loss: 0.95, split: 'validation' },
  { epoch: 2, loss: Number.NaN, split: 'validation' },
];

test('the same chart has the same bytes when it is drawn again, and in another process', async () => {
  const first = await drawChart(lines('loss', ROWS));
  await drawChart(lines('other', ROWS.slice(0, 2)));
  expect(await drawChart(lines('loss', ROWS))).toEqual(first);
  const program = `
    import(${JSON.stringify(`file://${SDK}`)}).then(async ({ drawChart }) => {
      const chart = ${JSON.stringify(lines('loss', ROWS))};
      process.stdout.write((await drawChart(chart)).svg);
    });`;
  const env = { ...process.env, TZ: 'Asia/Kathmandu', LC_ALL: 'de_DE.UTF-8' };
  expect(execFileSync(process.execPath, ['-e', program], { env, encoding: 'utf8' })).toBe(first.svg);
});

test('a chart is three files that go together: the specification reads the table', async () => {
  await writeCharts(path.join(folder, 'charts'), [lines('loss', ROWS)]);
  expect(fs.readdirSync(path.join(folder, 'charts')).sort()).toEqual(['loss.csv', 'loss.svg', `loss${SPEC_END}`]);
  const read = (name: string) => fs.readFileSync(path.join(folder, 'charts', name), 'utf8');
  expect(JSON.parse(read('loss.vl.json')).data).toEqual({ url: 'loss.csv' });
  expect(parseCsv(read('loss.csv'))).toEqual([
    ['epoch', 'loss', 'split'],
    ['1', '0.9', 'train'],
    ['2', '0.5', 'train'],
    ['1', '0.95', 'validation'],
    ['2', '', 'validation'],
  ]);
});

test('what stands in data stays text in the picture', async () => {
  const rows = [{ epoch: 1, loss: 1, split: '<script>alert("x")</script> & \n two lines' }];
  const { svg } = await drawChart(lines('loss', rows));
  expect(svg).not.toContain('<script');
  expect(svg).toContain('&lt;script&gt;');
  const attribute = await drawChart(lines('loss', [{ epoch: 1, loss: 1, split: 'a x="1.23456"' }]));
  expect(attribute.svg.replaceAll('&quot;', '"')).toContain('>a x="1.23456"</text>');
});

test('a picture can be read in the dark, and says what it shows to those who do not see it', async () => {
  const { svg } = await drawChart(lines('loss', ROWS));
  expect(svg).toMatch(/^<svg [^>]*role="img" aria-label="Loss by epoch\."><style>@media\(prefers-color-scheme:dark\)/);
});

test('a specification that cannot be drawn is an error, not an empty picture', async () => {
  const { spec, ...rest } = lines('loss', ROWS);
  await expect(drawChart({ ...rest, spec: { ...spec, mark: 'lin' } })).rejects.toThrow();
});

test('a stage that draws nothing does not depend on the library that draws', async () => {
  const { metafile } = await build({
    entryPoints: [path.join(import.meta.dirname, '../index.ts')],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    external: ['vega', 'vega-lite'],
  });
  expect(Object.keys(metafile.inputs).filter((each) => each.includes('charts'))).toEqual([]);
});
