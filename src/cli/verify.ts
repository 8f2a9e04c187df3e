/** `pipe verify`: whether the recorded results still belong to what is here, and can be had again. */
import fs from 'node:fs';
import path from 'node:path';
import { ok } from '../base/result.ts';
import { jsonLine } from '../report/json-lines.ts';
import { createPaint } from '../report/paint.ts';
import { renderProblem } from '../report/problem-text.ts';
import { wantsColor } from '../report/process-reporter.ts';
import { reasonsText } from '../report/reason-text.ts';
import { createReadLine } from '../report/source-lines.ts';
import { textWidth } from '../report/text-width.ts';
import { githubAnnotations } from '../report/verify/github.ts';
import { junitXml } from '../report/verify/junit.ts';
import { verificationEvent } from '../report/verify/verify-events.ts';
import { verifyMarkdown } from '../report/verify/verify-markdown.ts';
import { checkText, endText, nameOf, type VerifyScreen } from '../report/verify/verify-text.ts';
import { performVerify, type VerifyListener } from '../run/verify/perform-verify.ts';
import { isProven, type Verification, type VerifyMode } from '../run/verify/verification.ts';
import type { Options } from './args.ts';
import type { CommandContext, CommandRun, ExitCode } from './command.ts';
import { interruptible } from './interrupt.ts';
import { type Opened, openFor } from './session.ts';

export const verify: CommandRun = async (context) => {
  const opened = await openFor(context);
  if (!opened.ok) return opened;
  const { options, operands } = context;
  const { session } = opened.value;
  let killNow = () => {};
  const interrupt = interruptible(() => killNow());
  const screen = openScreen(context, opened.value);
  try {
    const done = await performVerify(
      session,
      {
        mode: modeOf(options),
        targets: operands,
        sample: options.sample,
        sandbox: options.sandbox,
        wording: (reasons) => reasonsText(reasons, 3),
      },
      {
        ...screen,
        onProcesses(kill) {
          killNow = kill;
        },
      },
      interrupt.signal,
    );
    if (!done.ok) return done;
    screen.end(done.value);
    writeReports(context, done.value);
    return ok(EXIT_CODES[done.value.status]);
  } finally {
    interrupt.release();
  }
};

const EXIT_CODES = { ok: 0, failed: 3, interrupted: 130 } as const satisfies Record<string, ExitCode>;

/** What only makes sense when stages run, makes them run. */
function modeOf({ twice, rerun, sample, sandbox }: Options): VerifyMode {
  if (twice) return 'twice';
  return rerun || sample !== null || sandbox ? 'rerun' : 'locked';
}

interface Screen extends Omit<VerifyListener, 'onProcesses'> {
  end(verification: Verification): void;
}

function openScreen({ options, root }: CommandContext, { session, warnings }: Opened): Screen {
  const { stdout, stderr } = process;
  const names = session.plan.nodes.map((node) => ({ experiment: node.experiment, stage: node.stage.name }));
  const isMany = session.plan.project.experiments.length > 1;
  const screen: VerifyScreen = {
    mode: modeOf(options),
    paint: createPaint(wantsColor(stdout.isTTY === true, options.noColor)),
    readLine: createReadLine(root),
    labelWidth: Math.min(32, Math.max(10, ...names.map((each) => textWidth(nameOf(each, isMany))))),
    isMany,
  };
  // A damaged lock is one of the things this command finds; it is told of there.
  const told = warnings.filter((each) => each.code !== 'E0683');
  const isLive = stderr.isTTY === true && !options.quiet && !options.json;
  const tellProblem = (problem: Verification['problems'][number]) => {
    if (options.json) stdout.write(jsonLine({ event: 'problem', problem }));
    else stderr.write(`${renderProblem(problem, screen.readLine, screen.paint)}\n`);
  };
  for (const problem of told) tellProblem(problem);
  return {
    onStart(node) {
      if (isLive) stderr.write(`\r\x1b[K  ${screen.paint.dim(`${node.stage.name} runs …`)}`);
    },
    onChecked(check) {
      if (isLive) stderr.write('\r\x1b[K');
      if (options.json) stdout.write(jsonLine({ event: 'stage-verified', ...check }));
      else if (!options.quiet || !isProven(check)) stdout.write(checkText(check, screen));
    },
    end(verification) {
      if (isLive) stderr.write('\r\x1b[K');
      for (const problem of verification.problems) tellProblem(problem);
      if (options.json) stdout.write(jsonLine(verificationEvent(verification)));
      else if (!options.quiet) {
        const isApart = (verification.stages.at(-1)?.problems.length ?? 0) > 0;
        stdout.write(`${isApart ? '' : '\n'}${endText(verification, screen.paint)}`);
      }
    },
  };
}

/** The files asked for, and what GitHub reads when it runs there. */
function writeReports({ options, root }: CommandContext, verification: Verification): void {
  const { GITHUB_ACTIONS, GITHUB_STEP_SUMMARY, GITHUB_WORKSPACE } = process.env;
  if (options.junit !== null) writeFile(options.junit, junitXml(verification));
  if (options.summary !== null) writeFile(options.summary, verifyMarkdown(verification));
  const isThere = GITHUB_ACTIONS === 'true';
  if (options.github || isThere) {
    const prefix = path.relative(GITHUB_WORKSPACE ?? root, root);
    process.stderr.write(githubAnnotations(verification, prefix === '' || prefix.startsWith('..') ? '' : `${prefix}/`));
  }
  if (isThere && GITHUB_STEP_SUMMARY !== undefined && GITHUB_STEP_SUMMARY !== '')
    fs.appendFileSync(GITHUB_STEP_SUMMARY, verifyMarkdown(verification));
}

function writeFile(name: string, text: string): void {
  const file = path.resolve(name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}
