/** Where results come from: commit, machine, backend, versions, seeds, keys; and the commands that make them again. */
import { isJsonObject, type Json } from '../../../base/json.ts';
import { type Content, html } from '../../../base/markup.ts';
import { shellWord } from '../../../base/shell-word.ts';
import type { ActionRecord } from '../../../store/store.ts';
import { sizeText } from '../../duration.ts';
import { valueText } from '../../value-text.ts';
import type { Part, ReportSource } from '../report-part.ts';
import { factsHtml, tableHtml } from '../table.ts';

/** The name under which the manifest has the version of a package. */
const PACKAGE = 'package ';
const SEED = /(^|[.:])seed$/i;

export function provenancePart(source: ReportSource): Part {
  const { member, run, records } = source;
  const actions = [...member.stages].flatMap(([stage, { action }]) => (action === null ? [] : [{ stage, action }]));
  const runs = [...new Set(actions.map(({ action }) => action.run))].sort();
  const environment = run?.environment ?? records.run(runs.at(-1) ?? '')?.environment;
  const git = environment?.git ?? null;
  const facts: (readonly [Content, Content])[] = [
    [
      'commit',
      git === null
        ? 'not in a Git repository'
        : `${git.commit}${git.dirty ? ', with changes that were not committed' : ''}`,
    ],
    ...(environment === undefined
      ? []
      : [
          [
            'machine',
            `${environment.platform}, ${environment.cpus} × ${environment.cpu ?? 'unknown processor'}, ${sizeText(environment.memoryBytes)} of memory`,
          ] as const,
          ['Node', environment.node] as const,
        ]),
    ['seeds', seedsOf(actions) || 'none among the params'],
    ...backendsOf(actions),
    ['runs that made the results', runs.join(', ')],
    [
      'command of the last run',
      run === null ? 'not recorded here' : html`<code>pipe ${run.argv.map(shellWord).join(' ')}</code>`,
    ],
  ];
  const packages = packagesOf(actions);
  return {
    id: 'provenance',
    title: 'Provenance',
    body: [
      factsHtml(facts),
      html`<details><summary>Keys: what each result is looked up by</summary>${tableHtml({
        caption: 'Key of each stage',
        columns: [{ title: 'stage' }, { title: 'key' }, { title: 'finished' }],
        rows: [...member.stages].map(([stage, { key, action }]) => [
          stage,
          html`<code>${key}</code>`,
          action?.finishedAt ?? '',
        ]),
      })}</details>
`,
      ...(packages.length === 0
        ? []
        : [
            html`<details><summary>Versions of ${packages.length} packages the stages reach</summary>${tableHtml({
              caption: 'Packages',
              columns: [{ title: 'package' }, { title: 'version' }],
              rows: packages,
            })}</details>
`,
          ]),
      html`<details><summary>Params of all stages</summary>${tableHtml({
        caption: 'Params as the stages read them',
        columns: [{ title: 'param' }, { title: 'value' }],
        rows: actions.flatMap(({ stage, action }) =>
          paramsOf(action).map(([name, value]) => [`${stage}.${name}`, valueText(value, 120)]),
        ),
      })}</details>
`,
    ],
  };
}

export function reproducePart({ member, run }: ReportSource): Part {
  const commit = run?.environment.git?.commit ?? null;
  const named = member.experiment === 'main' ? '' : ` --experiment ${shellWord(member.experiment)}`;
  const lines = [
    ...(commit === null ? [] : [`git checkout ${commit}`]),
    'npm ci',
    `npx pipe run${named}`,
    `npx pipe verify${named}`,
  ];
  return {
    id: 'reproduce',
    title: 'Make it again',
    body: html`<p>On the commit the results were made from; <code>pipe verify</code> compares what is there with what was recorded.</p>
<pre>${lines.map((line) => html`${line}\n`)}</pre>
`,
  };
}

type Actions = readonly { readonly stage: string; readonly action: ActionRecord }[];

export function paramsOf({ manifest }: ActionRecord): (readonly [string, Json])[] {
  return manifest.facts.filter(({ kind }) => kind === 'param').map(({ name, value }) => [name, value] as const);
}

export function seedsOf(actions: Actions): string {
  return actions
    .flatMap(({ stage, action }) =>
      paramsOf(action).flatMap(([name, value]) => (SEED.test(name) ? [`${stage}.${name} = ${valueText(value)}`] : [])),
    )
    .join(', ');
}

function backendsOf(actions: Actions): (readonly [Content, Content])[] {
  const seen = new Map<string, string[]>();
  for (const { stage, action } of actions) {
    const { backend } = action.provenance;
    if (backend === undefined) continue;
    const text = isJsonObject(backend)
      ? Object.entries(backend)
          .map(([name, value]) => `${name} ${valueText(value)}`)
          .join(', ')
      : valueText(backend);
    seen.set(text, [...(seen.get(text) ?? []), stage]);
  }
  return [...seen].map(([text, stages]) => [`backend of ${stages.join(', ')}`, text] as const);
}

function packagesOf(actions: Actions): (readonly [string, string])[] {
  const versions = new Map<string, string>();
  for (const { action } of actions)
    for (const { kind, name, value } of action.manifest.facts)
      if (kind === 'code' && name.startsWith(PACKAGE)) versions.set(name.slice(PACKAGE.length), String(value));
  return [...versions].sort(([a], [b]) => (a < b ? -1 : 1));
}
