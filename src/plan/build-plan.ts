/**
 * Experiments to one DAG.
 *
 * Edges come from `from` and from paths: a dep that is, lies in, or holds another stage's out. A stage that is the same in
 * two experiments, producers included, becomes one node: it is decided, run and stored once.
 */

import type { ProjectPath } from '../base/paths.ts';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Experiment, Project, Stage } from '../config/stage.ts';
import { findCycle } from './cycle.ts';
import type { Node, NodeInput, Plan } from './graph.ts';
import { MAIN, outputLocation } from './locations.ts';
import { indexOutputs, type OutputIndex } from './output-index.ts';

interface MutableNode extends Node {
  experiments: string[];
  consumers: number[];
}

export function buildPlan(project: Project): Result<Plan, readonly Problem[]> {
  const nodes: MutableNode[] = [];
  const byIdentity = new Map<string, MutableNode>();
  const problems: Problem[] = [];

  for (const experiment of project.experiments) {
    const outputs = indexOutputs(experiment.stages.values());
    const producers = producersByStage(experiment, outputs);
    const order = orderStages(experiment, producers);
    if (!order.ok) {
      problems.push(order.failure);
      continue;
    }
    const nodeOf = new Map<string, MutableNode>();
    for (const stage of order.value) {
      const before = (producers.get(stage.name) ?? []).map((name) => (nodeOf.get(name) as MutableNode).index);
      const identity = project.experiments.length > 1 ? identityOf(stage, before) : stage.name;
      let node = byIdentity.get(identity);
      if (node === undefined) {
        const inputs = stage.frozen ? [] : inputsOf(stage, outputs, nodeOf);
        for (const input of inputs) if ('code' in input) problems.push(input);
        node = {
          index: nodes.length,
          experiment: experiment.name,
          stage,
          experiments: [experiment.name],
          producers: before,
          consumers: [],
          inputs: inputs.filter((input) => !('code' in input)) as NodeInput[],
        };
        nodes.push(node);
        byIdentity.set(identity, node);
        for (const producer of before) (nodes[producer] as MutableNode).consumers.push(node.index);
      } else {
        node.experiments.push(experiment.name);
      }
      nodeOf.set(stage.name, node);
    }
  }
  return problems.length > 0 ? fail(problems) : ok({ project, nodes, warnings: project.warnings });
}

/** Names of the stages each stage needs, each once, in the order of its declaration. */
function producersByStage(experiment: Experiment, outputs: OutputIndex): Map<string, string[]> {
  const producers = new Map<string, string[]>();
  for (const stage of experiment.stages.values()) {
    producers.set(stage.name, stage.frozen ? [] : [...producersOf(stage, outputs)]);
  }
  return producers;
}

function producersOf(stage: Stage, outputs: OutputIndex): Set<string> {
  const names = new Set<string>();
  for (const input of Object.values(stage.from)) names.add(input.stage);
  for (const dep of stage.deps) {
    const holder = outputs.above(dep.path);
    if (holder !== null) names.add(holder.stage.name);
    for (const held of outputs.below(dep.path)) names.add(held.stage.name);
  }
  return names;
}

/** Where each input lies: paths of other experiments' outputs are redirected to that experiment's place. */
function inputsOf(stage: Stage, outputs: OutputIndex, nodeOf: ReadonlyMap<string, Node>): (NodeInput | Problem)[] {
  const isCommand = stage.action.kind === 'cmd';
  const inputs: (NodeInput | Problem)[] = [];
  for (const [role, input] of Object.entries(stage.from)) {
    const producer = nodeOf.get(input.stage) as Node;
    const output = producer.stage.outs.find((each) => each.name === input.output);
    if (output === undefined) throw new Error(`stage ${input.stage} has no output ${input.output}`);
    inputs.push({
      name: isCommand ? `from.${role}` : role,
      path: outputLocation(producer.experiment, producer.stage, output),
      mainPath: outputLocation(MAIN, producer.stage, output),
      made: { node: producer.index, output: output.name },
      at: input.at,
    });
  }
  for (const dep of stage.deps) {
    const common = { name: isCommand ? nameOfDep(dep.path) : dep.role, mainPath: dep.path, at: dep.at };
    const holder = outputs.above(dep.path);
    if (holder !== null) {
      const producer = nodeOf.get(holder.stage.name) as Node;
      const place = outputLocation(producer.experiment, producer.stage, holder.output);
      const path = `${place}${dep.path.slice(holder.path.length)}` as ProjectPath;
      inputs.push({
        ...common,
        path,
        made: dep.path === holder.path ? { node: producer.index, output: holder.output.name } : null,
      });
      continue;
    }
    const elsewhere = outputs.below(dep.path).find((held) => nodeOf.get(held.stage.name)?.experiment !== MAIN);
    if (elsewhere !== undefined) inputs.push(heldElsewhere(stage, dep.path, elsewhere.path, dep.at));
    else inputs.push({ ...common, path: dep.path, made: null });
  }
  return inputs;
}

/** A file may be called `from.model`, as an input is: no path of the project begins with `./`, so that tells them apart. */
function nameOfDep(dep: ProjectPath): string {
  return dep.startsWith('from.') ? `./${dep}` : dep;
}

function heldElsewhere(stage: Stage, dep: string, output: string, at: Stage['at']): Problem {
  return problem('E0412', `\`${dep}\` holds the output \`${output}\`, which this experiment keeps in another place`, {
    at,
    stage: stage.name,
    expected: 'deps that name the output itself, so that each experiment can read its own',
    hint: `- ${output}`,
  });
}

/** Producers first; otherwise the order of the file. Iterative, because a chain may be ten thousand stages long. */
function orderStages(
  experiment: Experiment,
  producers: ReadonlyMap<string, readonly string[]>,
): Result<Stage[], Problem> {
  const consumers = new Map<string, string[]>();
  const missing = new Map<string, number>();
  for (const [name, before] of producers) {
    missing.set(name, before.length);
    for (const producer of before) {
      const list = consumers.get(producer);
      if (list === undefined) consumers.set(producer, [name]);
      else list.push(name);
    }
  }
  const order: Stage[] = [];
  const ready = [...producers.keys()].filter((name) => missing.get(name) === 0);
  for (let next = 0; next < ready.length; next++) {
    const name = ready[next] as string;
    order.push(experiment.stages.get(name) as Stage);
    for (const consumer of consumers.get(name) ?? []) {
      const left = (missing.get(consumer) as number) - 1;
      missing.set(consumer, left);
      if (left === 0) ready.push(consumer);
    }
  }
  if (order.length < experiment.stages.size) return fail(findCycle(experiment, producers));
  return ok(order);
}

/** Two stages with one identity give the same result: equal definitions fed by the same nodes. Places in files do not count. */
function identityOf(stage: Stage, producers: readonly number[]): string {
  return JSON.stringify([stage, producers], (name, value) =>
    name === 'at' || name === 'desc' || name === 'meta' ? undefined : value,
  );
}
