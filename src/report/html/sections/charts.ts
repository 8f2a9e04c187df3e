/** Pictures of the results: what evaluations and searches drew, and learning curves from any `history.csv`. */

import { type Html, html } from '../../../base/markup.ts';
import { type DrawnChart, drawChart } from '../../../sdk/charts/draw-chart.ts';
import { type HistoryRow, learningCurves } from '../../../sdk/charts/learning-curves.ts';
import { timelineIn } from '../../../search/read-study.ts';
import { timelineChart } from '../../../search/timeline-chart.ts';
import { chartFigure } from '../chart-figure.ts';
import type { Part, ReportSource } from '../report-part.ts';
import { chartsOf, type StageFiles } from '../stage-files.ts';

const HISTORY = /(^|\/)history\.csv$/;
/** Searches have tables of trials. */
const TRIALS = /(^|\/)trials\.csv$/;

export async function curvesPart(source: ReportSource): Promise<Part | null> {
  const bodies = await Promise.all(source.files.map((files) => curvesOf(source, files)));
  const shown = bodies.filter((body) => body !== null);
  return shown.length === 0 ? null : { id: 'curves', title: 'Learning curves', body: shown };
}

async function curvesOf({ prefix }: ReportSource, files: StageFiles): Promise<Html | null> {
  const name = files.names.find((each) => HISTORY.test(each));
  const rows = name === undefined ? null : files.table(name);
  if (rows === null || rows.length === 0) return null;
  const history = rows.map(
    (row): HistoryRow =>
      Object.fromEntries(
        Object.entries(row).flatMap(([column, text]) => (text === '' ? [] : [[column, Number(text)]])),
      ),
  );
  const { metrics } = files.result;
  const numberOf = (name: RegExp) => Object.entries(metrics).find(([path]) => name.test(path))?.[1] ?? null;
  const [kept, best] = [numberOf(/(^|[:.])keptEpoch$/), numberOf(/(^|[:.])bestFold\.fold$/)];
  const drawn = await Promise.all(learningCurves(history, kept, best).map(drawChart));
  if (drawn.length === 0) return null;
  return html`<h3>${files.stage}</h3>
<div class="charts">${drawn.map((chart) => chartFigure(`${prefix}${files.stage}-${chart.name}`, chart))}</div>
`;
}

/** What stages other than searches drew. */
export function picturesPart(source: ReportSource): Promise<Part | null> {
  return figures(source, 'pictures', 'Charts', (files) => !files.names.some((name) => TRIALS.test(name)));
}

export function searchPart(source: ReportSource): Promise<Part | null> {
  return figures(source, 'search', 'Search', (files) => files.names.some((name) => TRIALS.test(name)));
}

async function figures(
  source: ReportSource,
  id: string,
  title: string,
  takes: (files: StageFiles) => boolean,
): Promise<Part | null> {
  const stages = source.files.filter(takes).map(async (files) => {
    const drawn = [...chartsOf(files), ...(await timelineOf(files))];
    if (drawn.length === 0) return [];
    return [
      html`<h3>${files.stage}</h3>
<div class="charts">${drawn.map((chart) => chartFigure(`${source.prefix}${files.stage}-${chart.name}`, chart))}</div>
`,
    ];
  });
  const bodies = (await Promise.all(stages)).flat();
  return bodies.length === 0 ? null : { id, title, body: bodies };
}

/** Of a search, from the record of its result: times are in no artifact. */
async function timelineOf({ result }: StageFiles): Promise<readonly DrawnChart[]> {
  const chart = timelineChart(timelineIn(result.action?.provenance ?? {}));
  return chart === null ? [] : [await drawChart(chart)];
}
