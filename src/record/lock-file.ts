/**
 * `pipeline.lock`: per experiment and stage the key, the digests of inputs and outputs, and the metrics. Committed by users.
 *
 * The text is YAML that any tool can read, but in one fixed form: sorted, one fact a line, nothing that differs between two
 * machines with equal results. It is never the authority on freshness (the store is), so a lost or conflicting lock costs
 * nothing: what can be read of it is kept, the rest is proved again.
 */
import type { Digest, Key } from '../base/digest.ts';
import { isDigest } from '../base/digest.ts';

export interface LockedOutput {
  readonly kind: 'file' | 'exec' | 'folder';
  readonly digest: Digest;
}

export interface LockedStage {
  readonly key: Key;
  /** Those no stage made, by their name in the key: with them the key can be worked out where the data is not. */
  readonly inputs: Readonly<Record<string, LockedOutput>>;
  readonly outputs: Readonly<Record<string, LockedOutput>>;
  /** Numbers by `output:path.in.it`. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** By experiment, then by stage. */
export type Lock = Map<string, Map<string, LockedStage>>;

const HEADER = '# What every stage gave, by key. Written by `pipe run`; commit it.';

export function formatLock(lock: Lock): string {
  const lines = [HEADER, 'version: 1', 'experiments:'];
  for (const [experiment, stages] of sorted(lock)) {
    if (stages.size === 0) continue;
    lines.push(`  ${quote(experiment)}:`);
    for (const [name, stage] of sorted(stages)) {
      lines.push(`    ${quote(name)}:`, `      key: ${stage.key}`);
      for (const section of ['inputs', 'outputs'] as const) {
        const entries = Object.entries(stage[section]).sort(byName);
        if (entries.length > 0) lines.push(`      ${section}:`);
        for (const [each, { kind, digest }] of entries) lines.push(`        ${quote(each)}: ${kind} ${digest}`);
      }
      const metrics = Object.entries(stage.metrics).sort(byName);
      if (metrics.length > 0) lines.push('      metrics:');
      for (const [metric, value] of metrics) lines.push(`        ${quote(metric)}: ${value}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** `damaged` is true when a line was not in the form above: conflict markers, hand edits, a cut-off end. */
export function parseLock(text: string): { readonly lock: Lock; readonly damaged: boolean } {
  const lock: Lock = new Map();
  const lines = text.split('\n');
  let damaged = !text.endsWith('\n') || lines[1] !== 'version: 1' || lines[2] !== 'experiments:';
  let stages: Map<string, LockedStage> | null = null;
  let stage: Draft | null = null;
  let section: Map<string, unknown> | null = null;
  const finish = () => {
    if (stage === null) return;
    if (stage.key === null || stage.parent.has(stage.name)) damaged = true;
    else {
      // fromEntries defines members, it never assigns them: a metric called `__proto__` stays an ordinary one.
      const { inputs, outputs, metrics } = stage;
      stage.parent.set(stage.name, {
        key: stage.key,
        inputs: Object.fromEntries(inputs),
        outputs: Object.fromEntries(outputs),
        metrics: Object.fromEntries(metrics),
      });
    }
    stage = null;
  };
  for (const line of lines.slice(3)) {
    const read = LINE.exec(line);
    if (line === '') continue;
    const name = read === null ? null : unquote(read[2] as string);
    if (read === null || name === null) {
      damaged = true;
      continue;
    }
    const depth = (read[1] as string).length;
    const value = read[3] ?? '';
    if (depth === 2 && value === '') {
      finish();
      stages = lock.get(name) ?? new Map();
      lock.set(name, stages);
    } else if (depth === 4 && value === '' && stages !== null) {
      finish();
      stage = { name, parent: stages, key: null, inputs: new Map(), outputs: new Map(), metrics: new Map() };
      section = null;
    } else if (depth === 6 && stage !== null) {
      section = SECTIONS.has(name) ? (stage as Draft)[name as Section] : null;
      if (name === 'key' && isDigest(value)) (stage as Draft).key = value as string as Key;
      else if (section === null) damaged = true;
    } else if (depth === 8 && stage !== null && section !== null) {
      const entry = section === (stage as Draft).metrics ? readNumber(value) : readOutput(value);
      if (entry === null) damaged = true;
      else section.set(name, entry);
    } else {
      damaged = true;
    }
  }
  finish();
  return { lock, damaged };
}

interface Draft {
  readonly name: string;
  readonly parent: Map<string, LockedStage>;
  key: Key | null;
  readonly inputs: Map<string, LockedOutput>;
  readonly outputs: Map<string, LockedOutput>;
  readonly metrics: Map<string, number>;
}

type Section = 'inputs' | 'outputs' | 'metrics';
const SECTIONS: ReadonlySet<string> = new Set<Section>(['inputs', 'outputs', 'metrics']);

const LINE = /^( +)("(?:[^"\\]|\\.)*"|[A-Za-z_][\w.@/-]*):(?: (.*))?$/;
const PLAIN = /^[A-Za-z_][\w.@/-]*$/;
/** Words that YAML readers of older versions take for booleans or null. */
const RESERVED = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

function quote(name: string): string {
  return PLAIN.test(name) && !RESERVED.test(name) ? name : JSON.stringify(name);
}

function unquote(text: string): string | null {
  if (!text.startsWith('"')) return text;
  try {
    return JSON.parse(text) as string;
  } catch {
    return null;
  }
}

function readNumber(text: string): number | null {
  const value = text === 'NaN' ? Number.NaN : Number(text);
  return text === '' || (Number.isNaN(value) && text !== 'NaN') ? null : value;
}

function readOutput(text: string): LockedOutput | null {
  const [kind, digest, ...rest] = text.split(' ');
  if (rest.length > 0 || digest === undefined || !isDigest(digest)) return null;
  return kind === 'file' || kind === 'exec' || kind === 'folder' ? { kind, digest } : null;
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(byName);
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}
