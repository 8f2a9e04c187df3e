/**
 * Draws a chart: from a Vega-Lite specification and its rows to a picture, a table and a specification that go together.
 *
 * Equal input gives equal bytes, in every process and on every machine: text is measured by a rule and not by fonts, time
 * zones and locales have no part in it, and the running numbers in the picture begin anew for each.
 */
import { formatCsv } from '../../base/csv.ts';
import type { JsonObject } from '../../base/json.ts';
import { CHART_CONFIG, DARK_STYLE } from './theme.ts';
import { loadVega } from './vega.ts';

export type ChartValue = string | number | boolean | null;
export type ChartRow = Readonly<Record<string, ChartValue>>;

export interface Chart {
  /** The name of its files: lower case, words parted by `-`. */
  readonly name: string;
  /**
   * Vega-Lite without `data` and `config`. `title` says what is seen; `description` says it to those who do not see it, with
   * the figures that matter.
   */
  readonly spec: JsonObject & { readonly title: string | JsonObject; readonly description: string };
  /** All with the same columns. NaN and infinities count as missing. */
  readonly rows: readonly ChartRow[];
}

export interface DrawnChart {
  readonly name: string;
  readonly svg: string;
  readonly csv: string;
  /** JSON text; its data is the file NAME.csv beside it. */
  readonly spec: string;
}

const SCHEMA = 'https://vega.github.io/schema/vega-lite/v6.json';

const TAG = /<[a-zA-Z]+(?: [\w:-]+="[^"]*")+\/?>/g;
const ROLES = / (?:role|aria-[a-z]+)="[^"]*"/g;
/** Attributes that hold lengths, and the numbers in them that are longer than can be seen. */
const PLACES = / (?:d|transform|x|y|x1|x2|y1|y2|width|height)="[^"]*"/g;
const LONG_NUMBER = /-?\d+\.\d{4,}(?:e-?\d+)?/g;

/** What the library warns of is a mistake in the specification. */
const strict = {
  level: () => strict,
  error: complain,
  warn: complain,
  info: () => strict,
  debug: () => strict,
};

function complain(...texts: readonly unknown[]): never {
  throw new Error(`the chart's specification is wrong: ${texts.join(' ')}`);
}

/** @throws an Error of the library when the specification cannot be drawn: a bug of whoever wrote it. */
export async function drawChart({ name, spec, rows }: Chart): Promise<DrawnChart> {
  const { vega, vegaLite } = loadVega();
  const whole = { $schema: SCHEMA, ...spec, config: CHART_CONFIG };
  const values = rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, known(value)])));
  // The library's type of a specification is far narrower than what can be put together from values.
  const wholeSpec = { ...whole, data: { values } } as unknown as Parameters<typeof vegaLite.compile>[0];
  const compiled = vegaLite.compile(wholeSpec, { logger: strict });
  vega.resetSVGDefIds();
  const view = new vega.View(vega.parse(compiled.spec), { renderer: 'none', logLevel: vega.None });
  const drawn = await view.toSVG();
  view.finalize();
  return {
    name,
    svg: finish(drawn, spec.description),
    csv: tableOf(rows),
    spec: `${JSON.stringify({ ...whole, data: { url: `${name}.csv` } }, null, 1)}\n`,
  };
}

/**
 * Rounds places to thousandths of a pixel, says what is shown once instead of at each group, and adds the dark form. Only
 * tags are touched: what stands in data is text between them.
 */
function finish(drawn: string, description: string): string {
  const label = description.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  const tidy = drawn.replace(TAG, (tag) =>
    tag
      .replace(ROLES, '')
      .replace(PLACES, (place) => place.replace(LONG_NUMBER, (number) => String(Number(Number(number).toFixed(3))))),
  );
  return `${tidy.replace(/^<svg ([^>]*)>/, (_, rest: string) => `<svg ${rest} role="img" aria-label="${label}"><style>${DARK_STYLE}</style>`)}\n`;
}

function tableOf(rows: readonly ChartRow[]): string {
  const columns = Object.keys(rows[0] ?? {});
  return formatCsv(
    columns,
    rows.map((row) => columns.map((column) => String(known(row[column] ?? null) ?? ''))),
  );
}

function known(value: ChartValue): ChartValue {
  return typeof value === 'number' && !Number.isFinite(value) ? null : value;
}
