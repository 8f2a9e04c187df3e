import fs from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Browser, chromium } from '../support/chromium.ts';
import { type TestProject, testProject } from '../support/project.ts';
import { reportProject } from '../support/report-project.ts';

let project: TestProject;
let page: string;
beforeAll(() => {
  project = reportProject();
  const run = project.json(['run', '--all']);
  expect(run.code).toBe(0);
  const made = project.pipe(['report']);
  expect(made.stderr).toBe('');
  expect(made.stdout).toMatch(/^report\.html {3}\d+ kB, opens offline\n$/);
  page = project.read('report.html');
});
afterAll(() => project.destroy());

test('a report has a part for everything that was recorded', () => {
  const titles = [...page.matchAll(/<h2 id="([^"]*)">([^<]*)<\/h2>/g)].map(([, id]) => id);
  expect(titles).toEqual([
    'metrics',
    'pictures',
    'classes',
    'mistakes',
    'curves',
    'pipeline',
    'data',
    'model',
    'model-card',
    'provenance',
    'reproduce',
  ]);
  for (const text of ['0.9000', '0.8000 to 0.9500', '51 images tell little', 'npx pipe verify'])
    expect(page.includes(text), text).toBe(true);
  for (const text of ['Not written: say it under', 'sorting &lt;/script']) expect(page.includes(text), text).toBe(true);
});

test('names in records never become markup', () => {
  const markup = page.replace(/<script.*?<\/script>/gs, '');
  expect(markup.includes('<img src=x')).toBe(false);
  expect(/ onerror="/.test(markup)).toBe(false);
  expect(page.match(/<script>/g)).toHaveLength(3);
  expect(page.includes('\u202E')).toBe(false);
});

test('a report of a pipeline with 20,000 predictions stays far below 10 MB', () => {
  expect(fs.statSync(project.path('report.html')).size).toBeLessThan(2_000_000);
});

test('several experiments stand in one page, beside each other first', () => {
  const made = project.pipe(['report', 'main', 'worse', '--out', 'both.html', '--json']);
  expect(JSON.parse(made.stdout)).toMatchObject({ event: 'report', file: 'both.html' });
  const both = project.read('both.html');
  expect(both).toContain('<h2 id="experiments">');
  expect(both).toContain('<h2 id="e1-metrics">main: metrics</h2>');
  expect(both).toContain('<h2 id="e2-metrics">worse: metrics</h2>');
  const ids = [...both.replace(/<script.*?<\/script>/gs, '').matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('`--out -` writes the page to stdout, and the same records give the same page', () => {
  expect(project.pipe(['report', '--out', '-']).stdout === page).toBe(true);
});

test('what cannot be reported is said before the page is made', () => {
  const codes = (args: readonly string[], of = project) => {
    const { code, stderr } = of.pipe(['report', ...args]);
    expect(code).toBe(2);
    return [...stderr.matchAll(/error\[(E\d+)\]/g)].map(([, found]) => found);
  };
  expect(codes(['nowhere'])).toEqual(['E1201']);
  expect(codes(['--out', '.'])).toEqual(['E1400']);
  expect(codes(['--out', 'absent/report.html'])).toEqual(['E1400']);
  const clone = testProject({
    'pipeline.yaml': project.read('pipeline.yaml'),
    'pipeline.lock': project.read('pipeline.lock'),
  });
  expect(codes([], clone)).toEqual(['E1401']);
});

const VIEWS = [
  { width: 1280, height: 900, scheme: 'light' },
  { width: 390, height: 844, scheme: 'dark' },
] as const;

test.skipIf(chromium === null)(
  'in a browser: offline, drawn, in one column, dark where dark is preferred, by keyboard',
  async () => {
    const browser = new Browser(chromium ?? '');
    const file = project.path('report.html');
    try {
      for (const view of VIEWS) {
        await browser.open(file, view);
        const count = await browser.ask('document.querySelectorAll("figure.chart").length');
        expect(count).toBe(4);
        for (let i = 0; i < 4; i++) {
          await browser.ask(`document.querySelectorAll('figure.chart')[${i}].scrollIntoView()`);
          await browser.until(`document.querySelectorAll('figure.chart')[${i}].matches('.drawn, [data-problem]')`);
        }
        expect(
          await browser.ask('[...document.querySelectorAll("[data-problem]")].map((each) => each.dataset.problem)'),
        ).toEqual([]);
        expect(await browser.ask('document.querySelectorAll(".picture svg").length')).toBe(4);
        expect(await browser.ask('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(
          0,
        );
        // Captions stay in view where the table scrolls sideways.
        expect(
          await browser.ask(
            '[...document.querySelectorAll("caption span")].every((each) => each.getBoundingClientRect().right <= innerWidth)',
          ),
        ).toBe(true);
        expect(await browser.ask('getComputedStyle(document.body).backgroundColor')).toBe(
          view.scheme === 'dark' ? 'rgb(13, 17, 23)' : 'rgb(255, 255, 255)',
        );
        expect(await browser.ask('getComputedStyle(document.querySelector(".picture svg text")).fill')).toBe(
          view.scheme === 'dark' ? 'rgb(230, 237, 243)' : 'rgb(31, 35, 40)',
        );
        expect(await browser.ask('document.title')).not.toBe('taken');
        expect(browser.requests.filter((url) => !url.startsWith('data:'))).toEqual([`file://${file}`]);
        expect(browser.complaints).toEqual([]);
      }
      await browser.open(file, VIEWS[0]);
      await browser.pressTab();
      expect(await browser.ask('document.activeElement.textContent')).toBe('Skip to the content');
      await browser.pressTab();
      expect(await browser.ask('document.activeElement.closest("nav") !== null')).toBe(true);
      expect(await browser.ask('[...document.images].every((each) => each.alt !== "")')).toBe(true);
      expect(await browser.ask('[...document.querySelectorAll("table")].every((each) => each.caption !== null)')).toBe(
        true,
      );
    } finally {
      await browser.close();
    }
  },
);

test.skipIf(chromium === null)('without scripts the pictures from the files are there', async () => {
  const browser = new Browser(chromium ?? '');
  try {
    await browser.open(project.path('report.html'), VIEWS[0], false);
    expect(
      await browser.ask(
        '[...document.querySelectorAll(".picture img")].filter((each) => each.naturalWidth > 100).length',
      ),
    ).toBe(4);
    expect(browser.complaints).toEqual([]);
  } finally {
    await browser.close();
  }
});

test('a report of a search shows when each training ran, which is in the record of the result only', () => {
  const search = testProject({
    'pipeline.yaml': 'stages:\n  search: { uses: tries }\n',
    'schemas/stages/tries.schema.json': JSON.stringify({
      type: 'object',
      'x-outputs': { 'trials.csv': { kind: 'any' }, 'trials.jsonl': { kind: 'any' } },
    }),
    'stages/tries.js': `import fs from 'node:fs';
export default async function run({ outputs, provenance }) {
  for (const file of Object.values(outputs)) fs.writeFileSync(file, '');
  provenance('timeline', [{ trial: 0, cell: 0, from: 0, to: 1.5, worker: 0 }]);
}
`,
  });
  expect(search.pipe(['run']).code).toBe(0);
  expect(search.pipe(['report']).code).toBe(0);
  expect(search.read('report.html')).toContain('id="search-timeline"');
  expect(search.read('report.html')).toContain('1 training on 1 worker in 2 seconds.');
});
