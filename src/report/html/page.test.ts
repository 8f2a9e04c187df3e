import crypto from 'node:crypto';
import { expect, test } from 'vitest';
import { html, jsonContent } from '../../base/markup.ts';
import { drawChart } from '../../sdk/charts/draw-chart.ts';
import { chartFigure } from './chart-figure.ts';
import { renderPage } from './page.ts';
import { tableHtml } from './table.ts';

const HOSTILE = '</script><script>alert(1)</script> "quoted" \'single\' & \u202Ereversed\nnext line 猫 \u0000';

const chart = await drawChart({
  name: 'bars',
  spec: {
    title: HOSTILE,
    description: HOSTILE,
    mark: 'bar',
    encoding: { x: { field: 'class', type: 'nominal' }, y: { field: 'n', type: 'quantitative' } },
  },
  rows: [{ class: HOSTILE, n: 3 }],
});

function page(body: Parameters<typeof renderPage>[0]['sections'][number]['body']): string {
  const sections = [{ id: 'one', title: HOSTILE, body }];
  return renderPage({ title: HOSTILE, subtitle: HOSTILE, sections, footer: HOSTILE });
}

test('text never becomes markup, and what cannot be seen is shown', () => {
  const { text } = html`<b title="${HOSTILE}">${[HOSTILE, 1, null]}</b>`;
  for (const each of ['<script', '"quoted"', '\u202E', '\u0000']) expect(text).not.toContain(each);
  expect(html`${html`<i>${'<'}</i>`}`.text).toBe('<i>&lt;</i>');
  expect(jsonContent({ name: HOSTILE }).text).not.toContain('<');
  expect(JSON.parse(jsonContent({ name: HOSTILE }).text)).toEqual({ name: HOSTILE });
});

test('a page holds no scripts but its own, whatever names the records hold', () => {
  const table = tableHtml({ caption: HOSTILE, columns: [{ title: HOSTILE }], rows: [[HOSTILE]] });
  const text = page([table, chartFigure('bars', chart)]);
  const scripts = [...text.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script]) => script ?? '');
  expect(scripts).toHaveLength(3);
  expect(text.match(/<script/g)).toHaveLength(4);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1] ?? '';
  expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-/);
  for (const script of scripts) expect(policy).toContain(crypto.createHash('sha256').update(script).digest('base64'));
});

test('a page asks nobody for anything', () => {
  const text = page(chartFigure('bars', chart)).replace(/<script.*?<\/script>/gs, '');
  expect(
    [...text.matchAll(/(?:src|href)="(?!data:|#)[^"]*"|url\((?!#)[^)]*\)|@import/g)].map(([found]) => found),
  ).toEqual([]);
});

test('a page without charts is small: the libraries that draw are left out', () => {
  const text = page('nothing');
  expect(text.length).toBeLessThan(20_000);
  expect(text).toContain("script-src 'none'");
});
