/**
 * audit: what should be known of a dataset before anything is trained on it.
 *
 * Measures, never changes: its findings are for people and for rules (`fail`). Images are measured once each, under the digest
 * of their bytes; everything about the whole is recomputed from those numbers.
 */
import fs from 'node:fs';
import type { AuditParams } from '../../src/generated/stages/audit.ts';
import { type Filled, type Json, type StageContext, StageError, type StageRun } from '../../src/sdk/index.ts';
import { formatCsv } from '../lib/csv.ts';
import { type Dataset, isOriginal, openDataset } from '../lib/dataset/read-dataset.ts';
import { measureImages, PROPERTIES } from '../lib/image/measure-image.ts';
import { balanceFindings, intervalFindings, measureBalance, testInterval } from './balance.ts';
import { doubtLabels, grayFindings, tellSplitsApart } from './classifiers.ts';
import { driftFindings, measureDrift } from './drift.ts';
import { exactDuplicates, nearDuplicates, partedFamilies } from './duplicates.ts';
import { countKinds, type Finding, finding, KINDS } from './findings.ts';
import { auditPage } from './page.ts';
import { isGrayCoded, type Measured, qualityFindings, sizeFindings } from './quality.ts';
import { measureTraits } from './traits.ts';
import { measureTurning } from './turning.ts';

type Params = Omit<Filled<AuditParams>, 'notes'> & { readonly notes: Readonly<Record<string, string>> };

const run: StageRun<Params> = async (context) => {
  const { params, inputs, outputs } = context;
  const dataset = openDataset(inputs.dataset ?? '');
  const images = await measureOriginals(context, dataset);
  const originals = images.map(({ sample }) => sample);
  const splits = [...new Set(originals.flatMap(({ split }) => split ?? []))];

  const balance = measureBalance(dataset.info, originals);
  const interval = testInterval(originals);
  const drift = measureDrift(images, dataset.info.classes);
  const apart = tellSplitsApart(images, context.random(params.seed, 'audit/splits'));
  const doubt = doubtLabels(images, dataset.info, params.labelIssues, context.random(params.seed, 'audit/labels'));
  const findings = [
    ...unreadable(dataset),
    ...exactDuplicates(originals),
    ...(params.nearDuplicates === null ? [] : nearDuplicates(images, params.nearDuplicates)),
    ...partedFamilies(dataset.samples),
    ...balanceFindings(balance, params.imbalance, splits),
    ...intervalFindings(interval, params.testHalfWidth),
    ...sizeFindings(originals, params.quality.aspect),
    ...grayFindings(images, dataset.info, params.grayAssociation),
    ...qualityFindings(images, params.quality),
    ...driftFindings(drift, params.drift),
    ...splitFindings(apart, params.drift.splits),
    ...(doubt?.findings ?? []),
  ];

  const counts = countKinds(findings);
  const grayCoded = images.filter(({ sample, measures }) => isGrayCoded(sample, measures.properties.spread)).length;
  const measured = {
    task: dataset.info.task,
    images: dataset.samples.length,
    originals: originals.length,
    balance,
    grayCoded,
    dimensions: dimensions(images),
    traits: measureTraits(images, dataset.info.classes),
    turning: await measureTurning(dataset, placesOf(dataset)),
    test: interval,
    drift,
    splitsToldApart: apart,
    baseline: doubt === null ? null : { accuracy: doubt.accuracy, labelIssues: doubt.doubted },
    findings: counts,
    notes: params.notes,
  };
  const write = (output: string, text: string) => fs.writeFileSync(outputs[output] ?? '', text);
  write('audit.json', `${JSON.stringify(measured, null, 2)}\n`);
  write('findings.csv', findingsTable(findings));
  const sizes = measured.dimensions.map(({ width, height, channels, count }) => [width, height, channels, count]);
  write('dimensions.csv', formatCsv(['width', 'height', 'channels', 'count'], sizes));
  write('properties.csv', propertiesTable(images));
  const metrics: Json = { images: dataset.samples.length, grayCoded, findings: { ...counts } };
  write('metrics.json', `${JSON.stringify(metrics, null, 2)}\n`);
  write('audit.html', await auditPage(dataset, { ...measured, findings }, params.thumbnails));
  dataset.close();

  const broken = findings.filter(({ kind }) => params.fail.includes(kind));
  if (broken[0] !== undefined) {
    throw new StageError(`${broken[0].text}${broken.length > 1 ? ` (and ${broken.length - 1} more findings)` : ''}`, {
      code: 'E0870',
      hint: `open audit.html in cache/failed/ (what a stage that failed had made), or take \`${broken[0].kind}\` out of \`fail\``,
    });
  }
  const errors = findings.filter(({ kind }) => KINDS[kind] === 'error').length;
  const warnings = findings.filter(({ kind }) => KINDS[kind] === 'warning').length;
  context.note(`${dataset.samples.length} images: ${errors} errors, ${warnings} warnings`);
};
export default run;

/** Copies are left out: they would only say again what their originals say. */
async function measureOriginals(context: StageContext<Params>, dataset: Dataset): Promise<Measured[]> {
  const places = placesOf(dataset);
  const measured = await measureImages(context, context.items, dataset, places);
  return measured.flatMap((measures, i) => {
    const sample = dataset.samples[places[i] ?? -1];
    return sample === undefined ? [] : [{ sample, measures }];
  });
}

/** Of the originals that can be read. */
function placesOf({ samples }: Dataset): number[] {
  return samples.flatMap((sample, index) => (isOriginal(sample) && sample.problem === undefined ? [index] : []));
}

function unreadable(dataset: Dataset): Finding[] {
  return dataset.samples.flatMap(({ id, problem }) =>
    problem === undefined ? [] : [finding('unreadable', [id], `\`${id}\` cannot be decoded: ${problem}`)],
  );
}

function splitFindings(apart: Readonly<Record<string, number>>, limit: number): Finding[] {
  return Object.entries(apart).flatMap(([split, area]) =>
    area > limit
      ? [
          finding(
            'splits-told-apart',
            [],
            `a simple classifier tells \`train\` from \`${split}\` (area under the curve ${area.toFixed(2)})`,
            area,
          ),
        ]
      : [],
  );
}

/** Most frequent first. */
function dimensions(images: readonly Measured[]) {
  const counts = new Map<string, number>();
  for (const { sample } of images) {
    const size = `${sample.width},${sample.height},${sample.channels}`;
    counts.set(size, (counts.get(size) ?? 0) + 1);
  }
  return [...counts]
    .map(([size, count]) => {
      const [width = 0, height = 0, channels = 0] = size.split(',').map(Number);
      return { width, height, channels, count };
    })
    .sort((a, b) => b.count - a.count || b.width - a.width || b.height - a.height);
}

function findingsTable(findings: readonly Finding[]): string {
  const rows = findings.map(({ kind, samples, text, value }) => [
    KINDS[kind],
    kind,
    samples.join(';'),
    value ?? '',
    text.replaceAll('`', ''),
  ]);
  return formatCsv(['severity', 'kind', 'images', 'value', 'text'], rows);
}

function propertiesTable(images: readonly Measured[]): string {
  const rows = images.map(({ sample, measures }) => [
    sample.id,
    sample.width ?? '',
    sample.height ?? '',
    ...PROPERTIES.map((name) => measures.properties[name]),
  ]);
  return formatCsv(['image', 'width', 'height', ...PROPERTIES], rows);
}
