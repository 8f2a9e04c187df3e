/**
 * A chart in a page: the picture from the file, which everybody sees, its table to take away, and its specification, from
 * which the page's script draws it anew so that it answers to the pointer.
 *
 * The picture is an image and not part of the page's markup: nothing in it can run, and its running numbers cannot meet
 * those of another picture.
 */

import { type Html, html, jsonContent } from '../../base/markup.ts';
import type { DrawnChart } from '../../sdk/charts/draw-chart.ts';

/** @param id  unique in the page. */
export function chartFigure(id: string, { name, svg, csv, spec }: DrawnChart): Html {
  const whole = JSON.parse(spec) as { readonly title?: unknown; readonly description?: unknown };
  const description = typeof whole.description === 'string' ? whole.description : name;
  return html`<figure class="chart" id="${id}"><div class="picture"><img alt="${description}" src="${dataUri('image/svg+xml', svg)}"></div>
<figcaption><a download="${name}.csv" href="${dataUri('text/csv', csv)}">data (CSV)</a></figcaption>
<script type="application/json">${jsonContent(whole)}</script></figure>
`;
}

export function dataUri(type: string, content: string | Uint8Array): string {
  return `data:${type};base64,${Buffer.from(content).toString('base64')}`;
}
