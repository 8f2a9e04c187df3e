/**
 * The folder a unit works in, and what its command line says.
 *
 * Commands of `main` run in the project, as in DVC. Commands of other experiments, and commands that read a params file of
 * which a value was overridden, run in a private folder that holds what they declared and nothing else, at the places the
 * pipeline file names: the command's text is the same everywhere.
 */

import fs from 'node:fs';
import path from 'node:path';
import type { ProjectPath } from '../base/paths.ts';
import { shellWord } from '../base/shell-word.ts';
import type { CommandAction, ParamValue } from '../config/stage.ts';
import type { Node } from '../plan/graph.ts';
import { MAIN, outputLocation } from '../plan/locations.ts';
import { patchParams } from './patch-params.ts';
import { placeFile, placeTree } from './place-tree.ts';
import { absolute, type Session } from './session.ts';
import { exists } from './workspace.ts';

export interface CommandLayout {
  /** Absolute folder in which the stage's paths hold: the project, or a private copy of its shape. */
  readonly base: string;
  readonly isPrivate: boolean;
  readonly cwd: string;
  readonly commands: readonly string[];
}

export function layOutCommand(
  session: Pick<Session, 'root' | 'store' | 'ignore'>,
  node: Node,
  action: CommandAction,
): CommandLayout {
  const isPrivate = node.experiment !== MAIN || action.params.some((param) => param.overridden);
  const base = isPrivate ? session.store.privateFolder('work') : session.root;
  if (isPrivate) {
    const folders = node.inputs.filter((input) => isFolder(absolute(session, input.path)));
    const files = node.inputs.filter((input) => !folders.includes(input));
    // Folders first: a file that is an input by itself may lie in one, behind a link of it.
    for (const { path: folder, mainPath } of folders)
      placeTree({ project: session.root, folder, ignore: session.ignore }, path.join(base, mainPath));
    for (const input of files) placeFile(absolute(session, input.path), path.join(base, input.mainPath));
    placeParamFiles(session.root, base, action);
  }
  fs.mkdirSync(path.join(base, action.wdir), { recursive: true });
  for (const output of node.stage.outs) {
    const place = path.join(base, outputLocation(MAIN, node.stage, output));
    fs.mkdirSync(path.dirname(place), { recursive: true });
    const earlier = absolute(session, outputLocation(node.experiment, node.stage, output));
    if (isPrivate && output.persist && exists(earlier))
      fs.cpSync(earlier, place, { recursive: true, verbatimSymlinks: true });
  }
  return {
    base,
    isPrivate,
    cwd: path.join(base, action.wdir),
    commands: commandsOf(node, action),
  };
}

/** The texts for the shell. */
export function commandsOf(node: Node, action: CommandAction): readonly string[] {
  return action.commands.map((text) => fillIn(text, node, action));
}

/** Puts the params files an action reads into a private folder, with the values this experiment has for it. */
export function placeParamFiles(root: string, base: string, action: CommandAction): void {
  for (const [file, params] of byFile(action.params)) placeParams(root, base, file, params);
}

/** `${from.role}` becomes the place of that result, relative to the folder the command runs in. */
function fillIn(command: string, node: Node, action: CommandAction): string {
  return command.replace(/\$\{from\.([\w-]+)\}/g, (whole, role: string) => {
    const input = node.inputs.find((each) => each.name === `from.${role}`);
    return input === undefined ? whole : shellWord(path.posix.relative(action.wdir, input.mainPath));
  });
}

function isFolder(target: string): boolean {
  return fs.statSync(target, { throwIfNoEntry: false })?.isDirectory() === true;
}

function placeParams(root: string, base: string, file: ProjectPath, params: readonly ParamValue[]): void {
  const changed = params.filter((param) => param.overridden);
  const target = path.join(base, file);
  if (changed.length === 0) {
    placeFile(path.join(root, file), target);
    return;
  }
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.rmSync(target, { force: true });
  fs.writeFileSync(target, patchParams(file, fs.readFileSync(path.join(root, file), 'utf8'), changed));
}

function byFile(params: readonly ParamValue[]): Map<ProjectPath, ParamValue[]> {
  const files = new Map<ProjectPath, ParamValue[]>();
  for (const param of params) files.set(param.file, [...(files.get(param.file) ?? []), param]);
  return files;
}
