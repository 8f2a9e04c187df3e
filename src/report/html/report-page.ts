/**
 * The report of experiments as one page. Everything in it is read from records and outputs; no number is computed here.
 */
import type { Records } from '../../analyse/records.ts';
import type { Subject } from '../../analyse/subject.ts';
import { html } from '../../base/markup.ts';
import type { RunRecord } from '../../generated/run.ts';
import { counted } from '../duration.ts';
import { experimentsTable } from './experiments-table.ts';
import { renderPage, type Section } from './page.ts';
import type { PartOf, ReportSource } from './report-part.ts';
import { curvesPart, picturesPart, searchPart } from './sections/charts.ts';
import { dataPart } from './sections/data.ts';
import { classesPart, mistakesPart } from './sections/mistakes.ts';
import { modelPart } from './sections/model.ts';
import { modelCardPart } from './sections/model-card.ts';
import { provenancePart, reproducePart } from './sections/provenance.ts';
import { stagesPart } from './sections/stages.ts';
import { summaryPart } from './sections/summary.ts';
import { filesOf } from './stage-files.ts';

/** In reading order. */
const PARTS: readonly PartOf[] = [
  summaryPart,
  picturesPart,
  classesPart,
  mistakesPart,
  curvesPart,
  searchPart,
  stagesPart,
  dataPart,
  modelPart,
  modelCardPart,
  provenancePart,
  reproducePart,
];

/** More experiments than this are a table; each in full would make a page nobody can open. */
const MOST_IN_FULL = 6;

/** @param project  its name, for the title. */
export async function reportPage(records: Records, subjects: readonly Subject[], project: string): Promise<string> {
  const members = subjects.flatMap((subject) => subject.members.map((member) => ({ subject: subject.name, member })));
  const runs = newestRuns(records, new Set(members.map(({ member }) => member.experiment)));
  const sources = members.map(
    ({ subject, member }, i): ReportSource => ({
      records,
      subject,
      member,
      files: filesOf(records, member),
      run: runs.get(member.experiment) ?? null,
      prefix: members.length === 1 ? '' : `e${i + 1}-`,
    }),
  );
  const sections: Section[] =
    sources.length > 1
      ? [{ id: 'experiments', title: 'Experiments', body: experimentsTable(sources, MOST_IN_FULL) }]
      : [];
  for (const source of sources.slice(0, MOST_IN_FULL)) {
    const { experiment } = source.member;
    let inContents: string | null = experiment;
    for (const part of PARTS) {
      const made = await part(source);
      if (made === null) continue;
      const section = { id: `${source.prefix}${made.id}`, title: made.title, body: made.body };
      if (sources.length === 1) sections.push(section);
      else sections.push({ ...section, title: `${experiment}: ${made.title.toLowerCase()}`, inContents });
      inContents = null;
    }
  }
  const [first] = sources;
  const names = members.map(({ member }) => member.experiment).join(', ');
  const left = sources.length - MOST_IN_FULL;
  return renderPage({
    title: `${project}: ${names}`,
    subtitle:
      first?.run === null || first === undefined ? '' : `last run ${first.run.run}, finished ${first.run.finishedAt}`,
    sections,
    footer: html`<p>Made by <code>pipe report</code> from records alone; the page asks nobody for anything.${
      left > 0 ? ` ${counted(left, 'more experiment')} stand in the table only.` : ''
    }</p>`,
  });
}

/** By experiment. */
function newestRuns(records: Records, wanted: ReadonlySet<string>): ReadonlyMap<string, RunRecord> {
  const newest = new Map<string, RunRecord>();
  for (const name of [...records.runNames()].reverse()) {
    if (newest.size === wanted.size) break;
    const run = records.run(name);
    if (run === null) continue;
    for (const experiment of Object.keys(run.summary.experiments ?? { [run.summary.experiment]: null }))
      if (wanted.has(experiment) && !newest.has(experiment)) newest.set(experiment, run);
  }
  return newest;
}
