/**
 * Puts what a stage reads into a private folder, each input by its digest: what is to be compared must have had the same inputs.
 *
 * The bytes come from the project where they lie in place, else from the store, else from a stage that was run again before.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { ProjectPath } from '../../base/paths.ts';
import { type Problem, problem } from '../../base/problem.ts';
import { operandWord } from '../../base/shell-word.ts';
import { type Artifact, sameArtifact } from '../../inputs/artifact.ts';
import type { Node } from '../../plan/graph.ts';
import { placeFile, placeTree } from '../place-tree.ts';
import type { Session } from '../session.ts';
import { lockedInput } from './locked-node.ts';
import type { Variation } from './variation.ts';

/** Where bytes may be had besides the project and the store: absolute place by digest. */
export type MadeAgain = ReadonlyMap<string, string>;

export interface Placing {
  readonly session: Session;
  readonly node: Node;
  readonly inputs: ReadonlyMap<string, Artifact | null>;
  readonly made: MadeAgain;
  readonly order: Variation['order'];
  /** Absolute folder that stands for the project. */
  readonly base: string;
}

/** Problems for inputs whose bytes are nowhere. */
export async function placeInputs(placing: Placing): Promise<readonly Problem[]> {
  const { session, node, inputs, base } = placing;
  const problems: Problem[] = [];
  const known = node.inputs.map((input) => ({ input, artifact: inputs.get(input.name) ?? null }));
  // Folders first: a file that is an input by itself may lie in one.
  const sorted = [...known].sort(
    (a, b) => Number(b.artifact?.kind === 'folder') - Number(a.artifact?.kind === 'folder'),
  );
  for (const { input, artifact } of sorted) {
    if (artifact === null) continue;
    const target = path.join(base, input.mainPath);
    const read = await session.reader.read(input.path);
    if (read.ok && sameArtifact(read.value, artifact)) {
      copyIn({ from: session.root, place: input.path, artifact, target, placing });
      continue;
    }
    const folder = await fetch(placing, artifact);
    if (folder === null) problems.push(notToBeHad(node, input.path, makerOf(session, node, input.name)));
    else copyIn({ from: folder, place: 'it' as ProjectPath, artifact, target, placing });
  }
  return problems;
}

/** The nodes, and those before them whose recorded results are nowhere: they have to run again, too. In plan order. */
export async function withNeeded(session: Session, nodes: readonly Node[]): Promise<readonly Node[]> {
  const needed = new Set(nodes.map((node) => node.index));
  for (const index of needed) {
    for (const input of session.plan.nodes[index]?.inputs ?? []) {
      const maker = input.made === null ? undefined : session.plan.nodes[input.made.node];
      if (maker === undefined || maker.stage.frozen || needed.has(maker.index)) continue;
      const recorded = lockedInput(session, session.plan.nodes[index] as Node, input);
      if (recorded === null || session.store.has(recorded)) continue;
      const read = await session.reader.read(input.path);
      if (!read.ok || !sameArtifact(read.value, recorded)) needed.add(maker.index);
    }
  }
  return session.plan.nodes.filter((node) => needed.has(node.index));
}

interface CopyIn {
  /** Absolute folder that links may not leave. */
  readonly from: string;
  readonly place: ProjectPath;
  readonly artifact: Artifact;
  readonly target: string;
  readonly placing: Placing;
}

/** Copies, so that the stage can write to nothing but its own. */
function copyIn({ from, place, artifact, target, placing }: CopyIn): void {
  if (artifact.kind === 'file') {
    placeFile(path.join(from, place), target);
    return;
  }
  const ignore = from === placing.session.root ? placing.session.ignore : () => false;
  placeTree({ project: from, folder: place, ignore, order: placing.order }, target);
}

/** A folder that holds the artifact under the name `it`; null when its bytes are not to be had. */
async function fetch({ session, made, base }: Placing, artifact: Artifact): Promise<string | null> {
  const folder = fs.mkdtempSync(path.join(path.dirname(base), 'input-'));
  const again = made.get(artifact.digest);
  if (again !== undefined) {
    fs.cpSync(again, path.join(folder, 'it'), { recursive: true, verbatimSymlinks: true });
    return folder;
  }
  const put = await session.store.materialise(artifact, path.join(folder, 'it'));
  return put.ok ? folder : null;
}

function makerOf(session: Session, node: Node, name: string): string | null {
  const made = node.inputs.find((input) => input.name === name)?.made ?? null;
  return made === null ? null : (session.plan.nodes[made.node]?.stage.name ?? null);
}

function notToBeHad(node: Node, place: string, maker: string | null): Problem {
  const { name, at } = node.stage;
  return problem(
    'E1312',
    `the recorded bytes of \`${place}\`, which \`${name}\` reads, are neither in place nor in the cache`,
    {
      at,
      stage: name,
      experiment: node.experiment,
      path: place,
      expected: 'the input that the recorded result was made from',
      hint:
        maker === null ? `put \`${place}\` there` : `pipe verify --rerun ${operandWord(maker)} ${operandWord(name)}`,
    },
  );
}
