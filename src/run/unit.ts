/** What the executor is given for a node: a command in its folder, or a stage with its inputs and a private output folder. */
import fs from 'node:fs';
import path from 'node:path';
import { digestJson } from '../base/digest.ts';
import type { JsonObject } from '../base/json.ts';
import { type Problem, warning } from '../base/problem.ts';
import type { CommandAction, UsesAction } from '../config/stage.ts';
import type { Unit } from '../execute/executor.ts';
import { baseExperiment, MAIN, outputLocation } from '../plan/locations.ts';
import type { Assessment } from './assess.ts';
import { layOutCommand } from './layout.ts';
import { absolute, type Session } from './session.ts';

export interface WorkPlace {
  readonly unit: Unit;
  /** Absolute place where the unit leaves each output, by name. */
  readonly made: ReadonlyMap<string, string>;
  /** After a failure: what may be behind it that its log does not say. */
  readonly hint: string | null;
  /** After a success: what it left besides its outputs. */
  warnings(): readonly Problem[];
  /** Removes the private folder, if there was one; checkpoints only once they are not needed any more. */
  remove(succeeded: boolean): void;
}

export function unitFor(session: Session, assessment: Assessment, log: string): WorkPlace {
  fs.mkdirSync(path.dirname(log), { recursive: true });
  const action = assessment.node.stage.action;
  return action.kind === 'cmd'
    ? commandPlace(session, assessment, action, log)
    : stagePlace(session, assessment, action, log);
}

function commandPlace(session: Session, { node }: Assessment, action: CommandAction, log: string): WorkPlace {
  const layout = layOutCommand(session, node, action);
  const isDvc = session.plan.project.dialect === 'dvc';
  const unit: Unit = {
    kind: 'cmd',
    commands: layout.commands,
    cwd: layout.cwd,
    env: {
      ...declaredEnv(node.stage.env),
      PIPE_STAGE: node.stage.name,
      PIPE_EXPERIMENT: baseExperiment(node.experiment),
      ...(isDvc ? { DVC_ROOT: layout.base, DVC_STAGE: node.stage.name } : {}),
    },
    log,
  };
  const made = new Map(
    node.stage.outs.map((output) => [output.name, path.join(layout.base, outputLocation(MAIN, node.stage, output))]),
  );
  return {
    unit,
    made,
    hint: layout.isPrivate
      ? 'it ran in a folder of its own that holds only what it declares: list every file it reads under `deps`'
      : null,
    warnings: () => [],
    remove() {
      if (layout.isPrivate) fs.rmSync(layout.base, { recursive: true, force: true });
    },
  };
}

function stagePlace(session: Session, { node, key, code }: Assessment, action: UsesAction, log: string): WorkPlace {
  const folder = session.store.privateFolder('stage');
  const outputs = Object.fromEntries(node.stage.outs.map((output) => [output.name, `${folder}/${output.name}`]));
  const unit: Unit = {
    kind: 'uses',
    bundle: code?.bundle ?? action.entry,
    params: action.with,
    inputs: Object.fromEntries(node.inputs.map((input) => [input.name, absolute(session, input.path)])),
    outputs,
    items: `${session.store.root}/items/${itemScope(code?.modules ?? {}, code?.packages ?? {}, node.stage.env)}`,
    workerItems: Object.fromEntries(
      Object.entries(code?.workers ?? {}).map(([url, { modules, packages }]) => [
        url,
        `${session.store.root}/items/${itemScope(modules, packages, node.stage.env)}`,
      ]),
    ),
    checkpoints: `${session.store.root}/checkpoints/${key}`,
    threads: node.stage.resources.cpus,
    reaches: node.stage.reaches ?? [],
    env: {
      ...declaredEnv(node.stage.env),
      PIPE_STAGE: node.stage.name,
      PIPE_EXPERIMENT: baseExperiment(node.experiment),
    },
    log,
  };
  return {
    unit,
    made: new Map(Object.entries(outputs)),
    hint: null,
    warnings() {
      const extra = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
      return extra.map((name) =>
        warning('E0684', `\`${node.stage.name}\` made \`${name}\`, which it does not declare; it was not kept`, {
          stage: node.stage.name,
          path: name,
          hint: `add it to \`x-outputs\` in schemas/stages/${action.uses}.schema.json`,
        }),
      );
    },
    remove(succeeded) {
      fs.rmSync(folder, { recursive: true, force: true });
      if (succeeded) fs.rmSync(unit.checkpoints, { recursive: true, force: true });
    },
  };
}

/** Item results belong to the code and its environment; params and data are in what the stage's own process adds. */
export function itemScope(modules: JsonObject, packages: JsonObject, env: JsonObject): string {
  return digestJson('item scope 2', { modules, packages, env });
}

export function declaredEnv(env: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== null));
}
