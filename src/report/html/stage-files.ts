/**
 * Files among a stage's outputs, found by name: a report knows what a file holds by what it is called, and not by which
 * stage wrote it, so that a program in another language is shown like a built-in stage.
 */
import fs from 'node:fs';
import type { Records } from '../../analyse/records.ts';
import type { Member, StageResult } from '../../analyse/subject.ts';
import { parseCsv } from '../../base/csv.ts';
import type { Json } from '../../base/json.ts';
import { SPEC_END } from '../../sdk/charts/chart-files.ts';
import type { DrawnChart } from '../../sdk/charts/draw-chart.ts';

export interface StageFiles {
  readonly stage: string;
  readonly result: StageResult;
  /** Paths of all files: `metrics.json`, `charts/roc.svg`. */
  readonly names: readonly string[];
  /** The bytes; null when there is no such file or the store has it no more. */
  bytes(name: string): Buffer | null;
  text(name: string): string | null;
  /** Null also when it is not JSON. */
  json(name: string): Json;
  /** Rows by the names of the header. */
  table(name: string): readonly Readonly<Record<string, string>>[] | null;
}

/** Larger files are data for programs; none that a report reads comes near. */
const LIMIT_BYTES = 32 << 20;

/** Of each stage with a result, producers first. */
export function filesOf(records: Records, { stages }: Member): readonly StageFiles[] {
  return [...stages].map(([stage, result]) => stageFiles(records, stage, result));
}

function stageFiles(records: Records, stage: string, result: StageResult): StageFiles {
  const outputs = Object.entries(result.action?.outputs ?? {});
  const places = new Map(
    outputs.flatMap(([name, output]) =>
      output.kind === 'file'
        ? [[name, () => records.file(output)] as const]
        : records.filesIn(output).map((within) => [`${name}/${within}`, () => records.file(output, within)] as const),
    ),
  );
  const bytes = (name: string): Buffer | null => {
    const file = places.get(name)?.() ?? null;
    if (file === null || fs.statSync(file).size > LIMIT_BYTES) return null;
    return fs.readFileSync(file);
  };
  const text = (name: string) => bytes(name)?.toString('utf8') ?? null;
  return {
    stage,
    result,
    names: [...places.keys()],
    bytes,
    text,
    json(name) {
      try {
        return JSON.parse(text(name) ?? 'null') as Json;
      } catch {
        return null;
      }
    },
    table(name) {
      const [header, ...rows] = parseCsv(text(name) ?? '');
      if (header === undefined) return null;
      return rows.map((row) => Object.fromEntries(header.map((column, i) => [column, row[i] ?? ''])));
    },
  };
}

/** The charts a stage drew. One whose picture or table is missing is left out. */
export function chartsOf(files: StageFiles): DrawnChart[] {
  return files.names
    .filter((name) => name.endsWith(SPEC_END))
    .flatMap((name) => {
      const stem = name.slice(0, -SPEC_END.length);
      const [svg, csv, spec] = [files.text(`${stem}.svg`), files.text(`${stem}.csv`), files.text(name)];
      if (svg === null || csv === null || spec === null || files.json(name) === null) return [];
      return [{ name: stem.slice(stem.lastIndexOf('/') + 1), svg, csv, spec }];
    });
}
