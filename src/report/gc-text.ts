/** What `pipe gc` removes, by stage, and what making it again would cost. */

import { visible } from '../base/visible.ts';
import { counted, durationText, sizeText } from './duration.ts';

interface Removal {
  readonly results: readonly {
    readonly stage: string;
    readonly experiment: string | null;
    readonly seconds: number;
    readonly sizeBytes: number;
  }[];
  readonly sizeBytes: number;
  readonly seconds: number;
}

export function gcText(plan: Removal, dry: boolean): string {
  const groups = new Map<string, { count: number; sizeBytes: number; seconds: number }>();
  for (const { stage, experiment, sizeBytes, seconds } of plan.results) {
    const name = experiment === null ? `${stage} (no experiment)` : `${experiment}/${stage}`;
    const group = groups.get(name) ?? { count: 0, sizeBytes: 0, seconds: 0 };
    groups.set(name, {
      count: group.count + 1,
      sizeBytes: group.sizeBytes + sizeBytes,
      seconds: group.seconds + seconds,
    });
  }
  const width = Math.max(0, ...[...groups.keys()].map((name) => name.length));
  const rows = [...groups]
    .sort(([, a], [, b]) => b.sizeBytes - a.sizeBytes)
    .map(([name, { count, sizeBytes, seconds }]) => {
      const size = sizeText(sizeBytes).padStart(8);
      return `  ${visible(name).padEnd(width)}  ${size}  ${counted(count, 'result')}, ${durationText(seconds)} to make again`;
    });
  const verb = dry ? 'would free' : 'freed';
  const end =
    plan.sizeBytes === 0
      ? 'nothing to delete'
      : `${verb} ${sizeText(plan.sizeBytes)}; ${durationText(plan.seconds)} of work to make it again`;
  return `${[...rows, ...(rows.length > 0 ? [''] : []), end, ...(dry && plan.sizeBytes > 0 ? ['delete: pipe gc'] : [])].join('\n')}\n`;
}
