/** The pipeline: its graph with what the last run did, and each result's time, size and run. */

import { type Html, html } from '../../../base/markup.ts';
import { countText, durationText, sizeText } from '../../duration.ts';
import { graphPicture } from '../graph-picture.ts';
import type { Part, ReportSource } from '../report-part.ts';
import { tableHtml } from '../table.ts';

const TONES: Readonly<Record<string, string>> = {
  ran: 'good',
  cached: 'good',
  restored: 'good',
  failed: 'bad',
  blocked: 'warn',
};

export function stagesPart({ member, run }: ReportSource): Part {
  const statuses = run?.summary.experiments?.[member.experiment] ?? run?.summary.stages ?? {};
  const statusOf = (stage: string, key: string) => {
    const known = statuses[stage];
    if (known === undefined) return '';
    return known.key === key || known.key === null ? known.status : 'has another result now';
  };
  const producers = producersOf(member.stages);
  const nodes = [...member.stages].map(([name, { key, action }]) => ({
    name,
    state: [statusOf(name, key), action === null ? '' : durationText(action.seconds)]
      .filter((each) => each !== '')
      .join(' · '),
    producers: producers.get(name) ?? [],
  }));
  const rows = [...member.stages].map(([name, { key, action }]) => [
    name,
    stateText(statusOf(name, key)),
    action === null ? 'not in the store' : durationText(action.seconds),
    action?.cpuSeconds === null || action === null ? '' : durationText(action.cpuSeconds),
    action?.peakBytes === null || action === null ? '' : sizeText(action.peakBytes),
    action === null ? '' : outputsText(Object.values(action.outputs)),
    action?.run ?? '',
  ]);
  const said =
    run === null
      ? 'No run of this experiment is recorded here.'
      : `What the last run of this experiment (${run.run}) did with each stage. A cached result was made by the run in the last column.`;
  return {
    id: 'pipeline',
    title: 'Pipeline',
    body: [
      html`<p>${said}</p>\n`,
      graphPicture(nodes),
      tableHtml({
        caption: 'Stages, producers first',
        columns: [
          { title: 'stage' },
          { title: 'last run' },
          { title: 'time', numeric: true },
          { title: 'CPU time', numeric: true },
          { title: 'peak memory', numeric: true },
          { title: 'outputs', numeric: true },
          { title: 'made by run' },
        ],
        rows,
      }),
    ],
  };
}

function stateText(status: string): Html | string {
  return status === '' ? '' : html`<span class="state ${TONES[status] ?? ''}">${status}</span>`;
}

function outputsText(outputs: readonly { readonly sizeBytes: number; readonly files: number }[]): string {
  const files = outputs.reduce((sum, each) => sum + each.files, 0);
  return `${sizeText(outputs.reduce((sum, each) => sum + each.sizeBytes, 0))} in ${countText(files)} ${files === 1 ? 'file' : 'files'}`;
}

/**
 * By stage: whose outputs it read. An input is an output when their digests are one; a path in or around an output, as
 * commands have, when the names say so.
 */
function producersOf(stages: ReportSource['member']['stages']): Map<string, string[]> {
  const made = [...stages].flatMap(([stage, { action }]) =>
    Object.entries(action?.outputs ?? {}).map(([name, { digest }]) => ({ stage, name, digest: String(digest) })),
  );
  return new Map(
    [...stages].map(([stage, { action }]) => {
      const inputs = (action?.manifest.facts ?? []).filter(({ kind }) => kind === 'input');
      const found = inputs.flatMap(({ name, value }) => {
        const digest = Array.isArray(value) ? value[1] : null;
        return made
          .filter((each) => each.stage !== stage && (each.digest === digest || contains(name, each.name)))
          .map((each) => each.stage);
      });
      return [stage, [...new Set(found)]];
    }),
  );
}

/** Only names with a folder in them are paths for certain; roles such as `dataset` are not. */
function contains(one: string, other: string): boolean {
  return one.startsWith(`${other}/`) || (one.includes('/') && other.startsWith(`${one}/`));
}
