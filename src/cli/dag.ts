/** `pipe dag`: draws the graph. Looks at the pipeline file alone, so it works before anything ran. */
import { ok } from '../base/result.ts';
import { selectNodes } from '../plan/selection.ts';
import { dagDot } from '../report/dag-dot.ts';
import { dagMermaid } from '../report/dag-mermaid.ts';
import { dagText } from '../report/dag-text.ts';
import { viewPlan } from '../report/dag-view.ts';
import { jsonLine } from '../report/json-lines.ts';
import type { CommandRun, ExitCode } from './command.ts';
import { openFor } from './session.ts';

const DRAWINGS = { text: dagText, mermaid: dagMermaid, dot: dagDot } as const;

export const dag: CommandRun = async (context) => {
  const { options, operands } = context;
  const opened = await openFor(context);
  if (!opened.ok) return opened;
  const { plan } = opened.value.session;
  const selected = selectNodes(plan, operands, false);
  if (!selected.ok) return selected;
  const view = viewPlan(plan, selected.value);
  const text = options.json ? jsonLine({ event: 'dag', ...view }) : `${DRAWINGS[options.format](view).join('\n')}\n`;
  process.stdout.write(text);
  return ok<ExitCode>(0);
};
