/**
 * A whole page in one file that opens offline: heading, contents, sections, and the scripts that let charts answer.
 *
 * Nothing is fetched: the policy in its head forbids it, and allows no scripts but the three that are in it. `unsafe-eval`
 * is for Vega, which compiles the expressions of a specification.
 */
import crypto from 'node:crypto';
import { type Content, type Html, html, trusted } from '../../base/markup.ts';
import { vegaScripts } from '../../sdk/charts/vega.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

export interface Section {
  /** Unique in the page: links lead to it. */
  readonly id: string;
  readonly title: string;
  readonly body: Content;
  /** What the contents call it; null: it is left out there. Default: its title. */
  readonly inContents?: string | null;
}

export interface Page {
  readonly title: string;
  readonly subtitle: Content;
  readonly sections: readonly Section[];
  readonly footer: Content;
}

/** The text of the file. The libraries that draw charts are in it only when a section holds one. */
export function renderPage({ title, subtitle, sections, footer }: Page): string {
  const contents = sections.flatMap(({ id, title: own, inContents = own }) =>
    inContents === null ? [] : [html`<li><a href="#${id}">${inContents}</a></li>`],
  );
  const body = html`<main id="content">${sections.map(sectionHtml)}</main>`;
  const scripts = body.text.includes('<figure class="chart"') ? [...vegaScripts(), SCRIPT].map(scriptText) : [];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(scripts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header><h1>${title}</h1><p class="subtitle">${subtitle}</p>
<nav aria-label="Contents"><ul>${contents}</ul></nav></header>
${body}
<footer>${footer}</footer>
<div id="tip" role="status" hidden></div>
${scripts.map((text) => html`<script>${trusted(text)}</script>\n`)}</body>
</html>
`;
  return page.text;
}

function sectionHtml({ id, title, body }: Section): Html {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${body}</section>
`;
}

/** What would end the element is written in another way; in these texts it stands in strings only. */
function scriptText(text: string): string {
  return text.replaceAll('</script', '<\\/script');
}

function policy(scripts: readonly string[]): string {
  const allowed = scripts.map((text) => `'sha256-${crypto.createHash('sha256').update(text).digest('base64')}'`);
  const script = scripts.length === 0 ? "'none'" : [...allowed, "'unsafe-eval'"].join(' ');
  return `default-src 'none'; script-src ${script}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;
}
