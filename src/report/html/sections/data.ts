/** The data: classes and splits of the dataset that was measured, what an audit found, and sheets of pictures. */
import { isJsonObject, type Json, type JsonObject } from '../../../base/json.ts';
import { type Html, html } from '../../../base/markup.ts';
import { countText } from '../../duration.ts';
import { valueText } from '../../value-text.ts';
import type { Part, ReportSource } from '../report-part.ts';
import { explainsModel, sheetsOf } from '../sheets.ts';
import type { StageFiles } from '../stage-files.ts';
import { factsHtml, tableHtml } from '../table.ts';

const MOST_FINDINGS = 40;
/** The worst first; any other comes before them. */
const SEVERITIES = ['error', 'warning', 'review'];

export async function dataPart(source: ReportSource): Promise<Part | null> {
  const datasets = source.files.filter((files) => files.names.includes('dataset/dataset.json'));
  const last = datasets.at(-1)?.json('dataset/dataset.json') ?? null;
  const sheets = await Promise.all(source.files.filter((files) => !explainsModel(files)).map(sheetsOf));
  const body = [...(isJsonObject(last) ? datasetTables(last) : []), ...source.files.flatMap(auditOf), ...sheets.flat()];
  return body.length === 0 ? null : { id: 'data', title: 'Data', body };
}

function datasetTables(info: JsonObject): Html[] {
  const { classes, splits, counts, task, shape, samples, steps } = info;
  const names = Array.isArray(classes) ? classes.map(String) : [];
  const bySplit = isJsonObject(splits)
    ? Object.entries(splits)
    : isJsonObject(counts)
      ? [['images', counts] as const]
      : [];
  const order = ['train', 'validation', 'test'];
  const shown = [...bySplit].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  const count = (of: Json | undefined, name: string) =>
    isJsonObject(of) && typeof of[name] === 'number' ? of[name] : 0;
  return [
    factsHtml([
      ['images', countText(Number(samples))],
      ['task', String(task)],
      ['shape', Array.isArray(shape) ? `${shape.join(' × ')} (height, width, channels)` : String(shape)],
      ['made by', Array.isArray(steps) ? steps.join(', ') : ''],
    ]),
    tableHtml({
      caption: 'Images by class and split, derived copies included',
      columns: [{ title: 'class' }, ...shown.map(([name]) => ({ title: name, numeric: true }))],
      rows: names.map((name) => [name, ...shown.map(([, of]) => countText(count(of, name)))]),
    }),
  ];
}

/** What a stage called findings: `findings.csv` with severity, kind and text, beside an `audit.json` with notes. */
function auditOf(files: StageFiles): Html[] {
  if (!files.names.includes('audit.json')) return [];
  const audit = files.json('audit.json');
  const rank = (row: Readonly<Record<string, string>>) => SEVERITIES.indexOf(row.severity ?? '');
  const findings = [...(files.table('findings.csv') ?? [])].sort((a, b) => rank(a) - rank(b));
  const notes = isJsonObject(audit) && isJsonObject(audit.notes) ? Object.entries(audit.notes) : [];
  const more = findings.length - MOST_FINDINGS;
  return [
    html`<h3>Audit by ${files.stage}</h3>\n`,
    findings.length === 0
      ? html`<p>Nothing was found.</p>\n`
      : tableHtml({
          caption: `${countText(findings.length)} findings${more > 0 ? `, the ${MOST_FINDINGS} worst of them` : ''}`,
          columns: [{ title: 'severity' }, { title: 'kind' }, { title: 'what was found' }],
          rows: findings
            .slice(0, MOST_FINDINGS)
            .map((row) => [row.severity ?? '', row.kind ?? '', row.text ?? row.found ?? '']),
        }),
    ...(notes.length === 0 ? [] : [factsHtml(notes.map(([name, value]) => [name, valueText(value, 400)]))]),
  ];
}
