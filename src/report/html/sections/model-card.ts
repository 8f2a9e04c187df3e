/**
 * A model card: the nine sections of Mitchell et al., "Model Cards for Model Reporting" (2019), filled from records. What no
 * record can know is taken from the `notes` of an audit, and said to be missing where there are none.
 */
import { isJsonObject } from '../../../base/json.ts';
import { type Content, html } from '../../../base/markup.ts';
import { countText } from '../../duration.ts';
import { numberText } from '../../number-text.ts';
import { valueText } from '../../value-text.ts';
import type { Part, ReportSource } from '../report-part.ts';
import { summaryOf } from './model.ts';
import { seedsOf } from './provenance.ts';
import { numbersOf } from './summary.ts';

const SECTIONS = [
  'Model details',
  'Intended use',
  'Factors',
  'Metrics',
  'Evaluation data',
  'Training data',
  'Quantitative analyses',
  'Ethical considerations',
  'Caveats and recommendations',
] as const;
type Section = (typeof SECTIONS)[number];

/** Sections a person has to write: nothing recorded says it. */
const WRITTEN: readonly Section[] = [
  'Intended use',
  'Factors',
  'Ethical considerations',
  'Caveats and recommendations',
];
const SHOWN_METRICS = /^(accuracy|balancedAccuracy|macroF1|microF1|rocAuc|averagePrecision|calibrationError|loss)$/;

/** Null: no stage says anything about a model. */
export function modelCardPart(source: ReportSource): Part | null {
  const { files, member, run } = source;
  const model = files.flatMap((each) => summaryOf(each) ?? []).at(-1);
  const measured = files.filter((each) => each.names.includes('predictions.csv') && numbersOf(each).length > 0).at(-1);
  if (model === undefined && measured === undefined) return null;
  const datasets = files.flatMap((each) => {
    const info = each.json('dataset/dataset.json');
    return isJsonObject(info) ? [info] : [];
  });
  const splits =
    datasets
      .map(({ splits: each }) => each)
      .filter((each) => isJsonObject(each))
      .at(-1) ?? {};
  const images = (split: string) => {
    const counts = isJsonObject(splits) ? splits[split] : undefined;
    return isJsonObject(counts)
      ? Object.entries(counts)
          .map(([name, count]) => `${name} ${countText(Number(count))}`)
          .join(', ')
      : 'not recorded';
  };
  const actions = [...member.stages].flatMap(([stage, { action }]) => (action === null ? [] : [{ stage, action }]));
  const trained = actions.find(({ stage }) => stage === model?.stage);
  const numbers = measured === undefined ? [] : numbersOf(measured).filter(({ name }) => SHOWN_METRICS.test(name));
  const notes = notesOf(source);
  const filled: Partial<Record<Section, Content>> = {
    'Model details': [
      `Trained by the stage ${model?.stage ?? '?'} of the experiment ${member.experiment}`,
      trained === undefined ? '' : `, finished ${trained.action.finishedAt}, result ${trained.action.key.slice(0, 12)}`,
      model === undefined
        ? ''
        : `. ${countText(Number(model.summary.totalParams))} parameters in ${layerCount(model.summary.layers)} layers`,
      `. Seeds: ${seedsOf(actions) || 'none'}.`,
      run?.environment.git === null || run === null ? '' : ` Commit ${run.environment.git.commit}.`,
    ],
    Metrics:
      numbers.length === 0
        ? null
        : `${numbers.map(({ name }) => name).join(', ')}, with 95 % intervals, from the predictions for the whole split at once.`,
    'Evaluation data': `${evaluated(measured)} split: ${images(evaluated(measured))}. Originals only: no image derived from another.`,
    'Training data': `train split: ${images('train')}; validation split, which the epoch and the settings were chosen by: ${images('validation')}.`,
    'Quantitative analyses':
      numbers.length === 0
        ? null
        : numbers.map(({ name, value, interval }) => {
            const bounds = interval === null ? '' : ` (${numberText(interval[0])} to ${numberText(interval[1])})`;
            return html`${name} ${numberText(value)}${bounds}<br>`;
          }),
  };
  const bodyOf = (section: Section): Content => {
    const own = filled[section] ?? null;
    const said = notes.filter((note) => note.section === section).map(({ text }) => html` ${text}`);
    if (own !== null || said.length > 0) return [own, ...said];
    if (!WRITTEN.includes(section)) return html`<span class="muted">Not recorded.</span>`;
    return html`<span class="muted">Not written: say it under <code>notes</code> of an <code>audit</code> stage, with this title.</span>`;
  };
  return {
    id: 'model-card',
    title: 'Model card',
    body: SECTIONS.map((section) => html`<h3>${section}</h3>\n<p>${bodyOf(section)}</p>\n`),
  };
}

/** Notes whose title is a section stand there; all others are caveats. */
function notesOf({ files }: ReportSource): { readonly section: Section; readonly text: string }[] {
  return files.flatMap((each) => {
    const audit = each.names.includes('audit.json') ? each.json('audit.json') : null;
    const notes = isJsonObject(audit) && isJsonObject(audit.notes) ? Object.entries(audit.notes) : [];
    return notes.map(([title, value]) => {
      const section = SECTIONS.find((name) => name.toLowerCase() === title.toLowerCase());
      const text = valueText(value, 1000);
      return section === undefined
        ? { section: 'Caveats and recommendations' as const, text: `${title}: ${text}` }
        : { section, text };
    });
  });
}

function evaluated(measured: ReportSource['files'][number] | undefined): string {
  const split = measured?.result.action?.manifest.facts.find(({ kind, name }) => kind === 'param' && name === 'split');
  return typeof split?.value === 'string' ? split.value : 'test';
}

function layerCount(layers: unknown): number {
  return Array.isArray(layers) ? layers.length : 0;
}
