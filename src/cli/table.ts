/** `pipe table`: one table of experiments, for a paper or a screen. */
import { metricNames, metricValue, usualMetric } from '../analyse/metric-choice.ts';
import { openRecords } from '../analyse/records.ts';
import { tableOf } from '../analyse/table.ts';
import { type Definitions, type Variant, variantsNamed, variantsOf } from '../analyse/variants.ts';
import { didYouMean } from '../base/did-you-mean.ts';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { shellWord } from '../base/shell-word.ts';
import { jsonLine } from '../report/json-lines.ts';
import { tableCsv, tableLatex, tableMarkdown } from '../report/table-formats.ts';
import { tableText } from '../report/table-text.ts';
import type { CommandRun, ExitCode } from './command.ts';
import { hintFor } from './definitions.ts';
import { screenColumns, screenPaint, writeResult } from './results.ts';
import { openFor } from './session.ts';

export const table: CommandRun = async (context) => {
  const { operands, options, root } = context;
  const opened = await openFor(context, []);
  if (!opened.ok) return opened;
  const { file, definitions } = opened.value.session.plan.project;
  const records = openRecords(root, file);
  const all = variantsOf(records, definitions).filter(({ members }) => members.length > 0);
  const chosen = choose(all, operands, definitions);
  if (!chosen.ok) return chosen;
  const members = chosen.value.flatMap((each) => each.members);
  const metric = options.metric ?? usualMetric(members);
  const rows = chosen.value.filter((each) =>
    each.members.every((member) => metric !== null && metricValue(member, metric) !== null),
  );
  if (metric === null || rows.length === 0) return fail([noMetric(metric, metricNames(members), usualMetric(members))]);
  const reference = options.reference === null ? rows[0] : variantsNamed(rows, options.reference)[0];
  if (reference === undefined) return fail([noRow(options.reference ?? '', rows, definitions)]);
  const made = tableOf(records, rows, reference, metric);
  const written = [
    [options.csv, tableCsv],
    [options.markdown, tableMarkdown],
    [options.latex, tableLatex],
  ] as const;
  for (const [target, format] of written) if (target !== null) writeResult(target, format(made));
  if (options.html !== null) writeResult(options.html, await (await import('../report/table-html.ts')).tablePage(made));
  if (options.json) process.stdout.write(jsonLine(made));
  else if (!options.quiet && !written.some(([target]) => target === '-'))
    process.stdout.write(tableText(made, screenColumns(), screenPaint(options)));
  return ok<ExitCode>(0);
};

function choose(
  all: readonly Variant[],
  names: readonly string[],
  definitions: Definitions,
): Result<readonly Variant[], readonly Problem[]> {
  if (names.length === 0) return ok(all);
  const problems: Problem[] = [];
  const chosen = names.flatMap((name) => {
    const found = variantsNamed(all, name);
    if (found.length === 0) problems.push(noRow(name, all, definitions));
    return found;
  });
  return problems.length > 0 ? fail(problems) : ok([...new Set(chosen)]);
}

function noRow(name: string, all: readonly Variant[], definitions: Definitions): Problem {
  const names = all.map((each) => each.name);
  return problem('E1201', `\`${name}\` is no experiment with results`, {
    experiment: name,
    ...(names.length === 0
      ? {}
      : {
          expected: `one of ${names
            .slice(0, 20)
            .map((each) => `\`${each}\``)
            .join(', ')}`,
        }),
    hint: didYouMean(name, names) ?? hintFor(name, definitions),
  });
}

function noMetric(metric: string | null, names: readonly string[], usual: string | null): Problem {
  if (metric === null)
    return problem('E1208', 'no experiment has a number to compare by', {
      expected: 'results of a stage with `metrics`',
      hint: 'pipe run --all',
    });
  return problem('E1208', `no experiment has a metric \`${metric}\``, {
    expected: `one of ${names
      .slice(0, 20)
      .map((each) => `\`${each}\``)
      .join(', ')}`,
    hint: didYouMean(metric, names) ?? `pipe table --metric ${shellWord(usual ?? 'accuracy')}`,
  });
}
