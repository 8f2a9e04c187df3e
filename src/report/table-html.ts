/** The table of experiments as one page that opens offline, with the Pareto plot. */

import { html } from '../base/markup.ts';
import type { Table } from '../generated/table.ts';
import { drawChart } from '../sdk/charts/index.ts';
import { paretoChart } from './compare-charts.ts';
import { chartFigure } from './html/chart-figure.ts';
import { renderPage } from './html/page.ts';
import { tableHtml } from './html/table.ts';
import { captionOf, cellsOf, headOf } from './table-formats.ts';

export async function tablePage(table: Table): Promise<string> {
  const chart = paretoChart(table);
  const drawn = chart === null ? null : chartFigure('pareto', await drawChart(chart));
  const rows = table.rows.map((row) => {
    const [name = '', score = '', ...rest] = cellsOf(row);
    return [name, row.isBest ? html`<strong>${score}</strong>` : score, ...rest];
  });
  return renderPage({
    title: `Experiments by ${table.metric}`,
    subtitle: `compared with ${table.reference}`,
    sections: [
      {
        id: 'table',
        title: 'Table',
        body: tableHtml({
          caption: captionOf(table),
          columns: headOf(table).map((title, place) => ({ title, numeric: place > 0 })),
          rows,
        }),
      },
      ...(drawn === null ? [] : [{ id: 'pareto-front', title: 'Score and size', body: drawn }]),
    ],
    footer: html`<p>Made by <code>pipe table</code> from records alone; every row names the run it comes from.</p>`,
  });
}
