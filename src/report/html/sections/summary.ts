/** The beginning of a report: the numbers that matter with their intervals, and what should make a reader doubt them. */
import { countModels } from '../../../analyse/test-touches.ts';
import { isJsonObject, type Json } from '../../../base/json.ts';
import { type Content, type Html, html } from '../../../base/markup.ts';
import { isInterval } from '../../../record/metric-values.ts';
import { numberText } from '../../number-text.ts';
import type { Part, ReportSource } from '../report-part.ts';
import type { StageFiles } from '../stage-files.ts';
import { tableHtml } from '../table.ts';

/** Lists of `{ name, text }`, where stages say what is wrong. */
const ALARM_FILES = /(^|\/)(alarms|summary)\.json$/;
/** The first ones a stage names are those people look for; the others are a click away. */
const SHOWN = 8;
const MOST_ROWS = 80;
/** From here on it is worth a word. */
const TOUCHED_OFTEN = 2;

export interface NamedNumber {
  readonly name: string;
  readonly value: number;
  readonly interval: readonly [number, number] | null;
}

export function summaryPart(source: ReportSource): Part | null {
  const stages = source.files
    .map((files) => ({ files, numbers: numbersOf(files) }))
    .filter(({ numbers }) => numbers.length > 0);
  const last = stages.at(-1);
  if (last === undefined) return null;
  const alarms = [...source.files.flatMap(alarmsOf), ...source.files.flatMap((files) => touchesOf(source, files))];
  return {
    id: 'metrics',
    title: 'Metrics',
    body: [
      ...alarms.map(({ stage, text }) => html`<p class="notice"><strong>${stage}</strong>: ${text}</p>\n`),
      metricsTable(last.files.stage, last.numbers.slice(0, SHOWN)),
      last.numbers.length <= SHOWN
        ? null
        : html`<details><summary>All metrics of ${last.files.stage}</summary>${metricsTable(last.files.stage, last.numbers)}</details>\n`,
      ...stages
        .slice(0, -1)
        .reverse()
        .map(
          ({ files, numbers }) =>
            html`<details><summary>Metrics of ${files.stage}</summary>${metricsTable(files.stage, numbers)}</details>\n`,
        ),
    ],
  };
}

function metricsTable(stage: string, numbers: readonly NamedNumber[]): Html {
  const withInterval = numbers.some(({ interval }) => interval !== null);
  return tableHtml({
    caption: withInterval ? `Metrics of ${stage}, with 95 % intervals` : `Metrics of ${stage}`,
    columns: [
      { title: 'metric' },
      { title: 'value', numeric: true },
      ...(withInterval ? [{ title: '95 % interval', numeric: true }] : []),
    ],
    rows: numbers
      .slice(0, MOST_ROWS)
      .map(({ name, value, interval }) => [
        name,
        numberText(value),
        ...(withInterval ? [interval === null ? '' : `${numberText(interval[0])} to ${numberText(interval[1])}`] : []),
      ]),
  });
}

/** Numbers by dotted path; those of single classes are left to the table of classes. */
export function numbersOf({ result }: StageFiles): NamedNumber[] {
  return Object.values(result.action?.metrics ?? {}).flatMap((value) =>
    walk(
      isJsonObject(value) ? Object.fromEntries(Object.entries(value).filter(([name]) => name !== 'classes')) : value,
      '',
    ),
  );
}

function walk(value: Json, name: string): NamedNumber[] {
  if (typeof value === 'number') return [{ name, value, interval: null }];
  if (isInterval(value)) return [{ name, value: value.value, interval: [value.low, value.high] }];
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => walk(member, name === '' ? key : `${name}.${key}`));
}

function alarmsOf(files: StageFiles): { readonly stage: string; readonly text: Content }[] {
  return files.names
    .filter((name) => ALARM_FILES.test(name))
    .flatMap((name) => {
      const content = files.json(name);
      const list = Array.isArray(content) ? content : isJsonObject(content) ? content.alarms : [];
      if (!Array.isArray(list)) return [];
      return list.flatMap((each: Json) =>
        isJsonObject(each) && typeof each.text === 'string' ? [{ stage: files.stage, text: each.text }] : [],
      );
    });
}

/** Choosing by a split what is then measured on it, without meaning to: each model that is looked at is a chance. */
function touchesOf({ records }: ReportSource, { stage, result }: StageFiles): { stage: string; text: string }[] {
  if (result.action === null || !('predictions.csv' in result.action.outputs)) return [];
  const models = countModels(result.action, records.allActions());
  if (models < TOUCHED_OFTEN) return [];
  return [
    {
      stage,
      text: `${models} models were measured on these images so far: the best of several looks better than it is`,
    },
  ];
}
