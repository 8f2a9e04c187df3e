/** What `train` leaves beside the model: history, metrics, and the network's summary for programs and for reading. */
import fs from 'node:fs';
import { formatCsv } from '../lib/csv.ts';
import type { LayerSummary } from '../lib/models/summarize.ts';
import type { Trained } from '../lib/training/train-types.ts';

export function writeHistory(file: string, { history }: Trained): void {
  const columns = Object.keys(history[0] ?? {});
  const rows = history.map((record) => columns.map((name) => record[name] ?? Number.NaN));
  fs.writeFileSync(file, formatCsv(columns, rows));
}

export function writeMetrics(file: string, { kept, epochs, keptEpoch, summary, alarms }: Trained): void {
  const { epoch: _epoch, learningRate: _rate, ...scores } = kept;
  const { totalParams: parameters, flops } = summary;
  const names = alarms.map(({ name }) => name);
  fs.writeFileSync(
    file,
    `${JSON.stringify({ ...scores, epochs, keptEpoch, parameters, flops, alarms: names }, null, 2)}\n`,
  );
}

export function writeSummary(jsonFile: string, textFile: string, { summary, ended, alarms }: Trained): void {
  fs.writeFileSync(jsonFile, `${JSON.stringify({ ...summary, ended, alarms }, null, 2)}\n`);
  const { memory, trainableParams, nonTrainableParams, totalParams, flops, input } = summary;
  const mib = (value: number) => `${value.toFixed(2)} MiB`;
  const rows = [
    ['layer', 'kind', 'output', 'parameters', 'operations'],
    ['images', '', input.join(' x '), '', ''],
    ...summary.layers.map(rowOf),
  ];
  const totals = [
    ['parameters', grouped(totalParams)],
    ['trainable', grouped(trainableParams)],
    ['not trainable', grouped(nonTrainableParams)],
    ['operations for an image', grouped(flops)],
    [`memory of a batch of ${memory.batchSize}: input`, mib(memory.inputMiB)],
    ['  forward and backward', mib(memory.forwardBackwardMiB)],
    ['  parameters', mib(memory.paramsMiB)],
    ['  total', mib(memory.totalMiB)],
  ];
  const warnings = alarms.map(({ name, text }) => `${name}: ${text}`);
  const parts = [aligned(rows, 3), aligned(totals, 1), ...(warnings.length > 0 ? [warnings.join('\n')] : [])];
  fs.writeFileSync(textFile, `${parts.join('\n\n')}\n`);
}

/** One line: how good the kept weights are, where they are from, and what is wrong with them. */
export function describeResult({ kept, keptEpoch, epochs, ended, alarms }: Trained, task: string): string {
  const split = kept['validation.loss'] === undefined ? 'train' : 'validation';
  const [metric, words] = task === 'multi-label' ? ['microF1', 'micro-F1'] : ['accuracy', 'accuracy'];
  const value = ((kept[`${split}.${metric}`] ?? 0) * 100).toFixed(1);
  const how = ended === 'early' ? 'stopped early' : ended === 'diverged' ? 'diverged' : 'all epochs';
  const shown = alarms.filter(({ name }) => name !== 'epoch-limit' && name !== 'diverged');
  return [
    `${split} ${words} ${value} % at epoch ${keptEpoch} of ${epochs} (${how})`,
    ...shown.map(({ text }) => text),
  ].join('; ');
}

function rowOf({ name, layer, output, params, flops }: LayerSummary): string[] {
  return [name, layer, output.join(' x '), grouped(params), grouped(flops)];
}

/** 6,256,392. */
function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Columns under one another. @param textColumns  as many from the left begin at their left, the others end at their right. */
function aligned(rows: readonly string[][], textColumns: number): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i < textColumns ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
