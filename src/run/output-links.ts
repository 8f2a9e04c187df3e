/**
 * Refuses outputs that lie below a link.
 *
 * What is written there lies somewhere else: outside the project, or at a place that has a second name, which another
 * stage may write under. Asked before anything is run, moved or removed.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { ProjectPath } from '../base/paths.ts';
import { type Problem, problem } from '../base/problem.ts';
import { parentsOf } from '../config/output-places.ts';
import type { Plan } from '../plan/graph.ts';
import { outputLocation } from '../plan/locations.ts';

export function outputsBelowLinks(root: string, plan: Plan): Problem[] {
  const targets = new Map<ProjectPath, string | null>();
  const linkAt = (folder: ProjectPath): string | null => {
    let target = targets.get(folder);
    if (target === undefined) {
      target = linkTarget(path.join(root, folder));
      targets.set(folder, target);
    }
    return target;
  };
  const problems: Problem[] = [];
  for (const { stage, experiments } of plan.nodes) {
    for (const output of stage.outs) {
      for (const experiment of experiments) {
        const place = outputLocation(experiment, stage, output);
        const link = parentsOf(place).find((each) => each !== '.' && linkAt(each) !== null);
        if (link === undefined) continue;
        problems.push(
          problem(
            'E0408',
            `out \`${place}\` of \`${stage.name}\` lies below \`${link}\`, a link to \`${linkAt(link)}\``,
            {
              at: output.at,
              stage: stage.name,
              path: place,
              expected: 'folders that are no links on the way to an output',
              hint: `rm ${link} && mkdir ${link}   (or name the folder itself, if it lies in the project)`,
            },
          ),
        );
      }
    }
  }
  return problems;
}

function linkTarget(file: string): string | null {
  const isLink = fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return isLink ? fs.readlinkSync(file) : null;
}
