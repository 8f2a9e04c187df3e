/**
 * Charts as files of an artifact: NAME.svg to look at, NAME.csv to reckon with, NAME.vl.json to draw anew.
 *
 * Whoever shows charts finds them by the last: a report draws every `.vl.json` of an artifact.
 */
import fs from 'node:fs';
import path from 'node:path';
import { type Chart, drawChart } from './draw-chart.ts';

export const SPEC_END = '.vl.json';

/** Draws each and writes its three files. @param folder  made if it is not there. */
export async function writeCharts(folder: string, charts: readonly Chart[]): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  for (const chart of charts) {
    const { name, svg, csv, spec } = await drawChart(chart);
    fs.writeFileSync(path.join(folder, `${name}.svg`), svg);
    fs.writeFileSync(path.join(folder, `${name}.csv`), csv);
    fs.writeFileSync(path.join(folder, `${name}${SPEC_END}`), spec);
  }
}
