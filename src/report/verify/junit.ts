/** A verification as JUnit XML, which CI systems show as tests: one case a stage. */
import { isProven, type StageCheck, type Verification } from '../../run/verify/verification.ts';
import { differenceLines, plainProblem } from './plain-problem.ts';

export function junitXml({ mode, stages, problems, seconds }: Verification): string {
  const general = problems.filter((each) => each.severity === 'error');
  const failures = stages.filter((each) => each.status === 'failed').length;
  const errors = stages.filter((each) => each.status === 'unproven').length + general.length;
  const skipped = stages.filter((each) => each.status === 'left-out').length;
  const counts = `tests="${stages.length + general.length}" failures="${failures}" errors="${errors}" skipped="${skipped}"`;
  const time = `time="${seconds.toFixed(3)}"`;
  const cases = [
    ...general.map(
      (each) =>
        `    <testcase classname="pipe.verify" name="pipeline.lock" time="0.000">\n      <error type="${each.code}" message="${attribute(each.message)}"/>\n    </testcase>`,
    ),
    ...stages.map(caseOf),
  ];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts} ${time}>`,
    `  <testsuite name="pipe verify (${mode})" ${counts} ${time}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function caseOf(check: StageCheck): string {
  const { experiment, stage, seconds, at, status, problems } = check;
  const open = `    <testcase classname="${attribute(experiment)}" name="${attribute(stage)}" file="${attribute(at.file)}" line="${at.line}" time="${seconds.toFixed(3)}"`;
  if (isProven(check)) return `${open}/>`;
  if (status === 'left-out') return `${open}>\n      <skipped/>\n    </testcase>`;
  const element = status === 'failed' ? 'failure' : 'error';
  const [first] = problems;
  const head = `<${element} type="${first?.code ?? ''}" message="${attribute(first?.message ?? '')}">`;
  const text = [...problems.map(plainProblem), ...differenceLines(check)].join('\n');
  return `${open}>\n      ${head}${content(text)}</${element}>\n    </testcase>`;
}

/** XML 1.0 has no way to write most control characters, escaped or not. */
function content(text: string): string {
  const printable = text.replace(/(?![\t\n\r])\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu, '\ufffd');
  return printable.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function attribute(text: string): string {
  return content(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
}
