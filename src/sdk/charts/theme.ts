/**
 * How every chart looks: fonts, sizes and colours, in files as in the page.
 *
 * A chart has a light and a dark form without being drawn twice: colours of text, lines and ground are a fixed few, and one
 * style sheet turns these into their dark counterparts where the reader prefers dark. Marks keep their colours: those of
 * the palette can be told apart on both grounds, also without full sight of colour.
 */
import type { JsonObject } from '../../base/json.ts';

/** Colours that the style sheet below replaces in the dark. Use them for nothing that must stay. */
const GROUND = '#ffffff';
const INK = '#1f2328';
const MUTED = '#57606a';
const GRID = '#d8dee4';
const DARK: Readonly<Record<string, string>> = {
  [GROUND]: '#0d1117',
  [INK]: '#e6edf3',
  [MUTED]: '#9da7b1',
  [GRID]: '#30363d',
};

/**
 * For series and classes, in this order: Okabe and Ito, "Color Universal Design" (2008), without the yellow, which cannot be
 * seen on white, and with gray instead of black, which cannot be seen in the dark.
 */
export const PALETTE = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#7a828a', '#8c6bb1'];

/** One hue from little to much: shares of 0 to 1. */
export const SEQUENTIAL = ['#eef4fa', '#b9d5ea', '#6aaed6', '#2b7bba', '#0b4a86'];

/** Blue below, gray at zero, orange above: differences. */
export const DIVERGING = ['#0b4a86', '#6aaed6', '#e8e8e8', '#f0a35c', '#b34a00'];

/** Text inside of marks, which keeps its colour in the dark: on light and on dark ground. */
export const ON_LIGHT = '#111418';
export const ON_DARK = '#fdfdfd';

/** Quiet lines of reference: the diagonal of a curve, a zero. */
export const REFERENCE = MUTED;

/** Vega-Lite's `config`. */
export const CHART_CONFIG: JsonObject = {
  background: GROUND,
  // A picture says what it shows once, as a whole; a label at every mark would make it ten times as large.
  aria: false,
  font: 'system-ui, -apple-system, Segoe UI, Roboto, sans-serif',
  padding: 12,
  view: { stroke: null },
  title: {
    color: INK,
    fontSize: 15,
    fontWeight: 600,
    anchor: 'start',
    offset: 12,
    subtitleColor: MUTED,
    subtitleFontSize: 12,
  },
  axis: {
    labelColor: INK,
    labelFontSize: 12,
    labelLimit: 220,
    titleColor: INK,
    titleFontSize: 12,
    titleFontWeight: 500,
    titlePadding: 8,
    domainColor: MUTED,
    tickColor: MUTED,
    gridColor: GRID,
  },
  header: { labelColor: INK, labelFontSize: 12, titleColor: INK, titleFontSize: 12 },
  legend: {
    labelColor: INK,
    labelFontSize: 12,
    labelLimit: 240,
    titleColor: INK,
    titleFontSize: 12,
    titleFontWeight: 500,
  },
  text: { color: INK, fontSize: 12 },
  line: { strokeWidth: 2 },
  point: { filled: true, size: 50 },
  range: { category: PALETTE, heatmap: SEQUENTIAL, ramp: SEQUENTIAL, diverging: DIVERGING },
};

/** Rules that turn a drawn chart dark where the reader prefers it; for one chart, or for a page with many. */
export const DARK_STYLE = `@media(prefers-color-scheme:dark){${Object.entries(DARK)
  .map(([light, dark]) => `[fill="${light}"]{fill:${dark}}[stroke="${light}"]{stroke:${dark}}`)
  .join('')}}`;
