/** What `train` leaves beside the model: history, metrics, and the network's summary for programs and for reading. */
import fs from 'node:fs';
import { formatCsv } from '../lib/csv.ts';
import type { LayerSummary, ModelSummary } from '../lib/models/summarize.ts';
import type { Alarm } from '../lib/training/alarms.ts';
import type { EpochRecord } from '../lib/training/train-types.ts';
import type { TrainedMember } from './train-member.ts';

type Result = Pick<TrainedMember, 'history' | 'kept' | 'keptEpoch' | 'epochs' | 'ended' | 'summary' | 'alarms'>;

export function writeHistory(file: string, { history }: { readonly history: readonly EpochRecord[] }): void {
  const columns = Object.keys(history[0] ?? {});
  const rows = history.map((record) => columns.map((name) => record[name] ?? Number.NaN));
  fs.writeFileSync(file, formatCsv(columns, rows));
}

export function writeMetrics(file: string, { kept, epochs, keptEpoch, summary, alarms }: Result): void {
  const { epoch: _epoch, learningRate: _rate, ...scores } = kept;
  const { totalParams: parameters, flops } = summary;
  const names = alarms.map(({ name }) => name);
  fs.writeFileSync(
    file,
    `${JSON.stringify({ ...scores, epochs, keptEpoch, parameters, flops, alarms: names }, null, 2)}\n`,
  );
}

export function writeSummary(jsonFile: string, textFile: string, { summary, ended, alarms }: Result): void {
  fs.writeFileSync(jsonFile, `${JSON.stringify({ ...summary, ended, alarms }, null, 2)}\n`);
  fs.writeFileSync(textFile, textOf([...summaryTables(summary), ...warnings(alarms)]));
}

/** The network for reading: its layers, and what they come to. */
export function summaryTables(summary: ModelSummary): string[] {
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
  return [aligned(rows, 3), aligned(totals, 1)];
}

/** Of all alarms, as one part of a text; none without any. */
export function warnings(alarms: readonly Alarm[]): string[] {
  return alarms.length === 0 ? [] : [alarms.map(({ name, text }) => `${name}: ${text}`).join('\n')];
}

export function textOf(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`;
}

/** One line: how good the kept weights are, where they are from, and what is wrong with them. */
export function describeResult({ kept, keptEpoch, epochs, ended, alarms }: Result, task: string): string {
  const split = kept['validation.loss'] === undefined ? 'train' : 'validation';
  const [metric, words] = headlineOf(task);
  const value = ((kept[`${split}.${metric}`] ?? 0) * 100).toFixed(1);
  const how = ended === 'early' ? 'stopped early' : ended === 'diverged' ? 'diverged' : 'all epochs';
  const shown = alarms.filter(({ name }) => name !== 'epoch-limit' && name !== 'diverged');
  return [
    `${split} ${words} ${value} % at epoch ${keptEpoch} of ${epochs} (${how})`,
    ...shown.map(({ text }) => text),
  ].join('; ');
}

/** The metric people ask for first, and its name in a sentence. */
export function headlineOf(task: string): readonly [metric: string, words: string] {
  return task === 'multi-label' ? ['microF1', 'micro-F1'] : ['accuracy', 'accuracy'];
}

function rowOf({ name, layer, output, params, flops }: LayerSummary): string[] {
  return [name, layer, output.join(' x '), grouped(params), grouped(flops)];
}

/** 6,256,392. */
function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Columns under one another. @param textColumns  as many from the left begin at their left, the others end at their right. */
export function aligned(rows: readonly string[][], textColumns: number): string {
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
