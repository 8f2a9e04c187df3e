/** compare: the figures of both recipes as one table, every number from a metrics.json. */
import fs from 'node:fs';
import type { StageRun } from 'pipe-runner/sdk';

type Metrics = Record<string, unknown>;

/** Figures of the report, and where they lie in metrics.json. */
const ROWS = {
  'test images': ['images'],
  accuracy: ['accuracy'],
  'area under the ROC curve': ['rocAuc'],
  'precision (defective)': ['classes', 'defective', 'precision'],
  'recall (defective)': ['classes', 'defective', 'recall'],
  'F1 (defective)': ['classes', 'defective', 'f1'],
} as const;

const run: StageRun = async ({ inputs, outputs, note }) => {
  const read = (role: string) => JSON.parse(fs.readFileSync(inputs[role] ?? '', 'utf8')) as Metrics;
  const columns = [
    { title: 'copied first', metrics: read('leaky') },
    { title: 'the same network on fresh screws', metrics: read('leakyFresh') },
    { title: 'split first', metrics: read('honest') },
    { title: 'the same network on fresh screws', metrics: read('honestFresh') },
  ];
  const lines = [
    `| | ${columns.map(({ title }) => title).join(' | ')} |`,
    `|---|${columns.map(() => '---|').join('')}`,
    ...Object.entries(ROWS).map(
      ([row, path]) => `| ${row} | ${columns.map(({ metrics }) => text(find(metrics, path))).join(' | ')} |`,
    ),
  ];
  fs.writeFileSync(outputs['comparison.md'] ?? '', `${lines.join('\n')}\n`);
  const area = (place: number) => numberIn(find(columns[place]?.metrics ?? {}, ['rocAuc']));
  const inflation = { leaky: area(0) - area(1), honest: area(2) - area(3) };
  fs.writeFileSync(outputs['metrics.json'] ?? '', `${JSON.stringify({ rocAucInflation: inflation }, null, 2)}\n`);
  note(
    `the area under the ROC curve is ${signed(inflation.leaky)} off with copies first, ${signed(inflation.honest)} with the split first`,
  );
};
export default run;

function find(metrics: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (value as Metrics | undefined)?.[name], metrics);
}

/** A metric is a number, or a number with its interval. */
function numberIn(metric: unknown): number {
  return typeof metric === 'number' ? metric : ((metric as { value?: number } | undefined)?.value ?? Number.NaN);
}

function text(metric: unknown): string {
  const interval = metric as { low?: number; high?: number } | undefined;
  const value = numberIn(metric);
  if (interval?.low === undefined || interval.high === undefined)
    return Number.isInteger(value) ? String(value) : value.toFixed(3);
  return `${value.toFixed(3)} (${interval.low.toFixed(3)} to ${interval.high.toFixed(3)})`;
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(2)}`;
}
