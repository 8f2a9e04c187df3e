/** A comparison as one page that opens offline: everything the JSON has, with charts. */
import type { Json } from '../base/json.ts';
import { type Content, type Html, html } from '../base/markup.ts';
import type { Reason } from '../decide/reason.ts';
import type { Comparison, Diff, Flip } from '../generated/diff.ts';
import { type Chart, drawChart } from '../sdk/charts/index.ts';
import { confusionChangeChart, curveChart, differenceChart } from './compare-charts.ts';
import { curvesInOrder } from './diff-details.ts';
import { countText, durationText } from './duration.ts';
import { chartFigure } from './html/chart-figure.ts';
import { renderPage, type Section } from './html/page.ts';
import { tableHtml } from './html/table.ts';
import { amountText, measuredText, pText, signedText } from './number-text.ts';
import { reasonsText } from './reason-text.ts';
import { shownMetrics } from './shown-metrics.ts';
import { TEST_NAMES } from './test-names.ts';
import { valueText } from './value-text.ts';

/** Samples that turned, listed; all are in the JSON. */
const MOST_FLIPS = 200;
const MOST_CURVES = 8;

export async function diffPage(diff: Diff): Promise<string> {
  const sections = await Promise.all(diff.comparisons.map((each, place) => sectionOf(diff, each, `c${place + 1}-`)));
  return renderPage({
    title: diff.subjects.map(({ name }) => name).join(', '),
    subtitle: 'What differs, and whether it is more than chance',
    sections,
    footer: html`<p>Made by <code>pipe diff</code> from records alone. Runs: ${diff.subjects.map(({ name, runs }) => `${name}: ${runs.join(', ') || 'no record'}`).join('; ')}.</p>`,
  });
}

async function sectionOf(diff: Diff, comparison: Comparison, prefix: string): Promise<Section> {
  const { first, second, verdict, predictions, curves } = comparison;
  const charts = [
    differenceChart(comparison),
    predictions === null ? null : confusionChangeChart(predictions),
    ...curvesInOrder(curves)
      .slice(0, MOST_CURVES)
      .map((each) => curveChart(each, [first, second])),
  ].filter((each): each is Chart => each !== null);
  const drawn = await Promise.all(charts.map(drawChart));
  const body: Content = [
    html`<p><strong>${verdict.sentence}</strong></p>`,
    tables(diff, comparison),
    html`<div class="charts">${drawn.map((chart) => chartFigure(`${prefix}${chart.name}`, chart))}</div>`,
    predictions === null ? null : flipTable('Turned right', predictions.gained, first, second),
    predictions === null ? null : flipTable('Turned wrong', predictions.lost, first, second),
  ];
  return { id: `${prefix}comparison`, title: `${first} → ${second}`, body };
}

function tables(diff: Diff, { first, second, metrics, params, code, samples, stages }: Comparison): Content {
  const cost = (name: string) => diff.subjects.find((each) => each.name === name)?.cost;
  const [before, now] = [cost(first), cost(second)];
  return [
    tableHtml({
      caption: 'Metrics, with 95 % intervals of the differences; p after Holm’s correction',
      columns: ['metric', first, second, 'difference', 'interval', 'p', 'test'].map((title, i) => ({
        title,
        numeric: i > 0 && i < 6,
      })),
      rows: shownMetrics(metrics).map(({ stage, name, first: a, second: b, difference, tested }) => [
        `${stage} ${name}`,
        a === null ? '' : measuredText(a),
        b === null ? '' : measuredText(b),
        difference === null ? '' : signedText(difference),
        tested === null ? '' : `${signedText(tested.low)} to ${signedText(tested.high)}`,
        tested === null ? '' : pText(tested.corrected),
        tested === null ? '' : TEST_NAMES[tested.test],
      ]),
    }),
    some(params.length, () =>
      tableHtml({
        caption: 'Params',
        columns: ['param', first, second].map((title) => ({ title })),
        rows: params.map(({ stage, name, old, new: value }) => [
          `${stage}.${name}`,
          valueText(old as Json),
          valueText(value as Json),
        ]),
      }),
    ),
    some(code.length, () =>
      tableHtml({
        caption: 'Code',
        columns: ['file', 'change', 'stages'].map((title) => ({ title })),
        rows: code.map(({ name, change, old, new: value, stages: users }) => [
          name,
          old !== undefined && value !== undefined ? `${old} → ${value}` : change,
          users.join(', '),
        ]),
      }),
    ),
    samples === null
      ? null
      : html`<p>Samples of ${samples.stage}: ${countText(samples.first)} → ${countText(samples.second)}; ${countText(samples.came)} came, ${countText(samples.went)} went, ${countText(samples.changed)} changed.</p>`,
    tableHtml({
      caption: 'Stages',
      columns: ['stage', 'status', first, second, 'why'].map((title, i) => ({ title, numeric: i === 2 || i === 3 })),
      rows: stages.map(({ stage, status, firstSeconds, secondSeconds, reasons }) => [
        stage,
        status,
        secondsText(firstSeconds),
        secondsText(secondSeconds),
        reasonsText(reasons as readonly Reason[]),
      ]),
    }),
    tableHtml({
      caption: 'Cost',
      columns: ['', first, second].map((title, i) => ({ title, numeric: i > 0 })),
      rows: [
        ['time from nothing', secondsText(before?.seconds ?? null), secondsText(now?.seconds ?? null)],
        ['parameters', amount(before?.parameters ?? null), amount(now?.parameters ?? null)],
        ['FLOPs of one sample', amount(before?.flops ?? null), amount(now?.flops ?? null)],
      ],
    }),
  ];
}

function flipTable(title: string, flips: readonly Flip[], first: string, second: string): Html | null {
  return some(flips.length, () => {
    const shown = flips.slice(0, MOST_FLIPS);
    const left = flips.length - shown.length;
    return html`<details><summary>${title}: ${countText(flips.length)}</summary>
${tableHtml({
  caption: left > 0 ? `${title}, the first ${MOST_FLIPS}` : title,
  columns: ['sample', 'is', first, second].map((each) => ({ title: each })),
  rows: shown.map(({ id, label, first: a, second: b }) => [id, label, a, b]),
})}</details>
`;
  });
}

function some(count: number, make: () => Html): Html | null {
  return count === 0 ? null : make();
}

function secondsText(seconds: number | null): string {
  return seconds === null ? '' : durationText(seconds);
}

function amount(value: number | null): string {
  return value === null ? '' : amountText(value);
}
