/** The model: its size and cost, and its layers, from the `summary.json` of whatever stage trained it. */
import { isJsonObject, type Json, type JsonObject } from '../../../base/json.ts';
import { html } from '../../../base/markup.ts';
import { countText, sizeText } from '../../duration.ts';
import { amountText } from '../../number-text.ts';
import { valueText } from '../../value-text.ts';
import type { Part, ReportSource } from '../report-part.ts';
import type { StageFiles } from '../stage-files.ts';
import { factsHtml, tableHtml } from '../table.ts';

const SUMMARY = 'summary.json';

export function modelPart({ files }: ReportSource): Part | null {
  const found = files.flatMap((each) => summaryOf(each) ?? []);
  const last = found.at(-1);
  if (last === undefined) return null;
  const { stage, summary } = last;
  const latency = files.flatMap(({ result }) => result.action?.provenance.latencyMs ?? []).at(-1);
  const layers = Array.isArray(summary.layers) ? summary.layers.filter((each: Json) => isJsonObject(each)) : [];
  return {
    id: 'model',
    title: 'Model',
    body: [
      factsHtml([
        [
          'parameters',
          `${countText(Number(summary.totalParams))}, of which ${countText(Number(summary.trainableParams))} are trained`,
        ],
        ['operations for one image', `${amountText(Number(summary.flops))} (a multiply-add counts as two)`],
        ...(isJsonObject(summary.memory)
          ? [
              [
                'memory',
                `${Number(summary.memory.totalMiB).toFixed(1)} MiB for a batch of ${summary.memory.batchSize}`,
              ] as const,
            ]
          : []),
        ...(weightBytesOf(files) === null ? [] : [['weights', sizeText(weightBytesOf(files) ?? 0)] as const]),
        ...(isJsonObject(latency)
          ? [
              [
                'time for one image',
                `${latency.median} ms, the median of ${latency.images}, where it was measured`,
              ] as const,
            ]
          : []),
      ]),
      html`<details><summary>Layers of ${stage}</summary>${tableHtml({
        caption: 'Layers, from images to answers',
        columns: [
          { title: 'layer' },
          { title: 'kind' },
          { title: 'output' },
          { title: 'parameters', numeric: true },
          { title: 'operations', numeric: true },
        ],
        rows: layers.map((layer: JsonObject) => [
          valueText(layer.name),
          valueText(layer.layer),
          Array.isArray(layer.output) ? layer.output.join(' × ') : '',
          countText(Number(layer.params)),
          countText(Number(layer.flops)),
        ]),
      })}</details>
`,
    ],
  };
}

export function summaryOf(files: StageFiles): { readonly stage: string; readonly summary: JsonObject } | null {
  if (!files.names.includes(SUMMARY)) return null;
  const summary = files.json(SUMMARY);
  return isJsonObject(summary) && typeof summary.totalParams === 'number' ? { stage: files.stage, summary } : null;
}

function weightBytesOf(files: readonly StageFiles[]): number | null {
  return (
    files
      .flatMap(({ result }) => Object.entries(result.metrics))
      .filter(([path]) => /[:.]weightBytes$/.test(path))
      .map(([, value]) => value)
      .at(-1) ?? null
  );
}
