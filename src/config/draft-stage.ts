/**
 * One stage of one experiment as far as it can be read by itself: everything but the results it takes from other stages,
 * which need all stages to be read first (`from-inputs.ts`).
 */
import type { Json } from '../base/json.ts';
import type { ProjectPath } from '../base/paths.ts';
import { type BorrowedParams, checkBorrowed } from './borrowed-params.ts';
import { type CommandContext, readCommandStage, readWdir } from './cmd-stage.ts';
import type { WrittenStage } from './expand.ts';
import type { ProblemList } from './problem-list.ts';
import type { Stage } from './stage.ts';
import { type PlacedText, StageFields } from './stage-fields.ts';
import { nameFault } from './stage-name.ts';
import { readEnv, readResources } from './stage-settings.ts';
import type { InputType, OutputType, StageTypes } from './stage-type.ts';
import { jsonFromTree, kindOf, mapTree, type Place } from './tree.ts';
import { type ParamOverride, pathParams, readUsesStage } from './uses-stage.ts';
import { withVars } from './vars.ts';
import { readTolerance } from './verify-settings.ts';
import type { WrittenReach } from './written-reach.ts';

export interface DraftContext extends CommandContext {
  readonly types: StageTypes;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly passedOn: (variable: string) => void;
  readonly problems: ProblemList;
  /** Values the experiment gives to params of a stage, by its name or its group's. */
  readonly overridesOf: (stage: WrittenStage) => readonly ParamOverride[];
}

/** A reference of `from:` as written. `role` null: it stands alone and takes the stage's only role. */
export interface WrittenFrom {
  readonly role: string | null;
  readonly text: string;
  readonly at: Place;
}

export interface StageDraft {
  readonly stage: Omit<Stage, 'from'>;
  readonly from: readonly WrittenFrom[];
  /** The roles `uses` stages have; null when any is taken. */
  readonly inputs: ReadonlyMap<string, InputType> | null;
  readonly outputs: readonly OutputType[];
  readonly rolesUsed: readonly PlacedText[];
  readonly reaches: readonly WrittenReach[];
  /** Params of other types of stages among its own. */
  readonly borrowed: readonly BorrowedParams[];
  /** `when` is false. */
  readonly isSkipped: boolean;
  /** It has problems: what others need of it is not known, so nothing more is said about it. */
  readonly isFaulty: boolean;
}

const USES_ONLY = ['with'];
const CMD_ONLY = ['wdir', 'deps', 'params', 'outs', 'metrics', 'plots'];

export function draftStage(written: WrittenStage, context: DraftContext): StageDraft {
  const { problems, folder } = context;
  const { name, body } = written;
  const errorsBefore = problems.errorCount;
  const at = written.nameAt ?? { file: context.file, line: 1, column: 1 };
  const wdir = readWdir(new StageFields(name, at, body, written.scope, problems), folder);
  const fields = new StageFields(name, at, body, scopeWithVars(written, wdir, context), problems);
  const isUses = body.entries.has('uses');
  checkName(written, at, isUses, problems);
  checkKind(fields, isUses);
  const parts = isUses ? draftUses(fields, written, context) : draftCommand(fields, wdir, context);
  const desc = fields.text('desc')?.text;
  const meta = fields.value('meta');
  const tolerance = readTolerance(fields, parts.outs);
  const isSkipped = isLeftOut(fields);
  const stage: Omit<Stage, 'from'> = {
    name,
    group: written.group,
    at,
    action: parts.action,
    deps: parts.deps,
    outs: parts.outs,
    env: readEnv(fields, context.environment, context.passedOn),
    resources: readResources(fields),
    frozen: fields.boolean('frozen', false),
    alwaysChanged: fields.boolean('always_changed', false),
    ...(tolerance === undefined ? {} : { tolerance }),
    ...(desc === undefined ? {} : { desc }),
    ...(meta === undefined ? {} : { meta: jsonFromTree(meta) as Json }),
  };
  const { inputs, outputs, rolesUsed, reaches, borrowed } = parts;
  const from = readFrom(fields);
  const isFaulty = problems.errorCount > errorsBefore;
  return { stage, from, inputs, outputs, rolesUsed, reaches, borrowed, isSkipped, isFaulty };
}

type Parts = Pick<Stage, 'action' | 'deps' | 'outs'> &
  Pick<StageDraft, 'inputs' | 'outputs' | 'rolesUsed' | 'reaches' | 'borrowed'>;

function draftCommand(fields: StageFields, wdir: ProjectPath, context: DraftContext): Parts {
  const { action, deps, outs, rolesUsed } = readCommandStage(fields, wdir, context);
  const outputs = outs.map(
    ({ name, role }): OutputType => ({ name, role, kind: role === 'metrics' ? 'metrics' : 'any' }),
  );
  return { action, deps, outs, inputs: null, outputs, rolesUsed, reaches: [], borrowed: [] };
}

function draftUses(fields: StageFields, written: WrittenStage, context: DraftContext): Parts {
  const uses = fields.text('uses');
  const type = uses === undefined ? null : context.types.get(uses.text, uses.at, fields.stage);
  if (type !== null) {
    const { problems, stage, at } = fields;
    const errorsBefore = problems.errorCount;
    const parts = readUsesStage(fields, type, context.overridesOf(written), context.folder);
    if (problems.errorCount === errorsBefore) checkBorrowed(parts.borrowed, stage, at, context.types, problems);
    // Files that params of another stage name are read by the stage that runs it.
    const named = parts.borrowed.flatMap(({ of, name, params, tree }) => {
      const schema = context.types.get(of, at, stage)?.checker?.schema;
      return schema === undefined ? [] : pathParams({ schema, params, tree, name }, fields, context.folder);
    });
    return { ...parts, deps: [...parts.deps, ...named], inputs: type.inputs, outputs: type.outputs, rolesUsed: [] };
  }
  // The name was reported, or the schema. A schema is reported once, this marks each stage that needs it.
  fields.problems.errorCount++;
  const action = { kind: 'uses', uses: uses?.text ?? '', entry: '', with: {} } as const;
  return { action, deps: [], outs: [], inputs: null, outputs: [], rolesUsed: [], reaches: [], borrowed: [] };
}

function scopeWithVars(written: WrittenStage, wdir: ProjectPath, context: DraftContext): WrittenStage['scope'] {
  const vars = written.body.entries.get('vars')?.value;
  if (vars === undefined) return written.scope;
  // The stage's own values join the widest layer, where a value given twice is noticed; items stay in front.
  const widest = written.scope.at(-1) ?? mapTree(new Map(), null);
  const { values, problems } = context;
  const known = withVars({ vars, known: widest, folder: wdir, values, problems, stage: written.name });
  return [...written.scope.slice(0, -1), known];
}

function checkName(written: WrittenStage, at: Place, isUses: boolean, problems: ProblemList): void {
  const fault = nameFault(written.name, isUses);
  if (fault === null) return;
  const shown = JSON.stringify(written.name.slice(0, 80)).slice(1, -1);
  problems.error('E0206', at, `stage name \`${shown}\` ${fault}`, {
    stage: written.name,
    expected: 'letters, digits, `-` and `_`',
  });
}

function checkKind(fields: StageFields, isUses: boolean): void {
  const { problems, stage } = fields;
  const hasCommand = fields.entry('cmd') !== undefined;
  if (isUses === hasCommand) {
    const message = isUses
      ? `stage \`${stage}\` has both \`uses\` and \`cmd\``
      : `stage \`${stage}\` has neither \`uses\` nor \`cmd\``;
    const hint = isUses ? 'keep one of them' : 'add `uses: NAME`, or `cmd: python script.py`';
    problems.error('E0204', isUses ? (fields.entry('cmd')?.keyAt ?? fields.at) : fields.at, message, { stage, hint });
    return;
  }
  for (const field of isUses ? CMD_ONLY : USES_ONLY) {
    const entry = fields.entry(field);
    if (entry === undefined) continue;
    const message = `\`${field}\` belongs to stages with \`${isUses ? 'cmd' : 'uses'}\`, \`${stage}\` has \`${isUses ? 'uses' : 'cmd'}\``;
    const hint = isUses
      ? 'give it under `with`, if the stage has such a param'
      : 'put the values into the command, or list them under `params`';
    problems.error('E0205', entry.keyAt, message, { stage, hint });
  }
}

function isLeftOut(fields: StageFields): boolean {
  const when = fields.value('when');
  if (when === undefined) return false;
  if (when.kind === 'scalar' && typeof when.value === 'boolean') return !when.value;
  fields.problems.error('E0220', when.at, `\`when\` is ${kindOf(when)}`, {
    stage: fields.stage,
    expected: '`true` or `false`',
  });
  return false;
}

function readFrom(fields: StageFields): readonly WrittenFrom[] {
  const from = fields.value('from');
  if (from === undefined) return [];
  if (from.kind !== 'map') {
    const text = fields.asText(from, '`from`');
    return text === undefined ? [] : [{ role: null, ...text }];
  }
  return [...from.entries].flatMap(([role, entry]) => {
    const text = fields.asText(entry.value, `\`${role}\` of \`from\``);
    return text === undefined ? [] : [{ role, ...text }];
  });
}
