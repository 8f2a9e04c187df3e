/** Several experiments side by side: the numbers they share. */

import { type Html, html } from '../../base/markup.ts';
import { numberText } from '../number-text.ts';
import type { ReportSource } from './report-part.ts';
import { numbersOf } from './sections/summary.ts';
import { tableHtml } from './table.ts';

const MOST_METRICS = 6;

/** @param inFull  how many of them, from the first, have parts of their own to lead to. */
export function experimentsTable(sources: readonly ReportSource[], inFull: number): Html {
  const rows = sources.map(({ prefix, member, files }, place) => {
    const last =
      files
        .map(numbersOf)
        .filter((numbers) => numbers.length > 0)
        .at(-1) ?? [];
    const { experiment } = member;
    const leads = place < inFull && last.length > 0;
    const name = leads ? html`<a href="#${prefix}metrics">${experiment}</a>` : experiment;
    return { name, numbers: new Map(last.map((each) => [each.name, each])) };
  });
  const names = [...(rows[0]?.numbers.keys() ?? [])].slice(0, MOST_METRICS);
  return tableHtml({
    caption: 'Metrics of the last stage that has any, with 95 % intervals',
    columns: [{ title: 'experiment' }, ...names.map((title) => ({ title, numeric: true }))],
    rows: rows.map(({ name, numbers }) => [
      name,
      ...names.map((metric) => {
        const found = numbers.get(metric);
        if (found === undefined) return '';
        const { value, interval } = found;
        if (interval === null) return numberText(value);
        return html`${numberText(value)}<br><span class="muted">${numberText(interval[0])} to ${numberText(interval[1])}</span>`;
      }),
    ]),
  });
}
