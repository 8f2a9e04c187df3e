/** A table with a caption and headings, in a frame that scrolls sideways on a narrow screen, also by keyboard. */
import { type Content, type Html, html, trusted } from '../../base/markup.ts';

export interface Column {
  readonly title: Content;
  /** Numbers stand at the right, their digits below each other. */
  readonly numeric?: boolean;
}

export interface Table {
  /** What the table holds: shown above it, and its name for who hears the page. */
  readonly caption: string;
  readonly columns: readonly Column[];
  /** The first cell of a row is its heading. */
  readonly rows: readonly (readonly Content[])[];
}

export function tableHtml({ caption, columns, rows }: Table): Html {
  const style = (i: number): Html => trusted(columns[i]?.numeric === true ? ' class="number"' : '');
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><caption><span>${caption}</span></caption>
<thead><tr>${columns.map(({ title }, i) => html`<th scope="col"${style(i)}>${title}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr>${row.map((cell, i) =>
        i === 0 ? html`<th scope="row"${style(i)}>${cell}</th>` : html`<td${style(i)}>${cell}</td>`,
      )}</tr>
`,
  )}</tbody></table></div>
`;
}

/** Names and values, as a list of definitions. */
export function factsHtml(facts: readonly (readonly [Content, Content])[]): Html {
  return html`<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
`;
}
