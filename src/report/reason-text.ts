/**
 * A Reason as one short line: `copies: 2 -> 4`.
 *
 * The only place that words a reason. Values of environment variables are never shown, since they may be secrets; that one
 * changed is.
 */
import { isJsonObject, type Json } from '../base/json.ts';
import { assertNever } from '../base/result.ts';
import { visible } from '../base/visible.ts';
import type { Reason } from '../decide/reason.ts';
import { valueText } from './value-text.ts';

type Change = Extract<Reason, { kind: 'changed' }>;

/** The reason with all that is known: of an input that changed, also its old and new digest. For where there is room. */
export function fullReasonText(reason: Reason): string {
  const text = reasonText(reason);
  if (reason.kind !== 'changed' || reason.fact !== 'input') return text;
  const [old, now] = [digestIn(reason.old), digestIn(reason.new)];
  return old === null || now === null || old === now ? text : `${text}: ${old} -> ${now}`;
}

/** The reason in one line, without a line break. */
export function reasonText(reason: Reason): string {
  switch (reason.kind) {
    case 'never-ran':
      return 'never ran';
    case 'changed':
      return changeText(reason);
    case 'producer-stale':
      return `after ${visible(reason.stage)}`;
    case 'output-missing':
      return `output missing: ${visible(reason.output)}`;
    case 'output-edited':
      return `output edited by hand: ${visible(reason.output)}`;
    case 'result-lost':
      return `${reason.damaged ? 'damaged in' : 'gone from'} the store: ${visible(reason.output)}`;
    case 'always-changed':
      return 'always runs';
    case 'forced':
      return 'forced';
    case 'kept-out-of-store':
      return `not kept in the store: ${visible(reason.output)}`;
    case 'frozen':
      return 'frozen';
    default:
      return assertNever(reason);
  }
}

/** The first reasons in one line, with how many more there are. */
export function reasonsText(reasons: readonly Reason[], most = 2): string {
  const shown = reasons.slice(0, most).map(reasonText);
  const more = reasons.length - shown.length;
  return shown.join('; ') + (more > 0 ? `; ${more} more` : '');
}

function changeText({ fact, name, old, new: now }: Change): string {
  const label = visible(name);
  switch (fact) {
    case 'param':
      return paramText(label.replace(/:$/, ''), old, now);
    case 'command':
      return commandText(old, now);
    case 'wdir':
      return `wdir: ${valueText(old)} -> ${valueText(now)}`;
    case 'code':
      return label.startsWith('package ') ? versionText(label, old, now) : `code ${verb(old, now)}: ${label}`;
    case 'input':
      return inputText(label, old, now);
    case 'output':
      return outputText(label, old, now);
    case 'env':
      return `environment variable ${label} ${old === undefined ? 'declared' : now === undefined ? 'no longer declared' : 'changed'}`;
    case 'reached':
      return `stage ${label}, which it varies, ${verb(old, now)}`;
    default:
      return assertNever(fact);
  }
}

function verb(old: Json | undefined, now: Json | undefined): string {
  if (old === undefined) return 'added';
  return now === undefined ? 'removed' : 'changed';
}

function paramText(name: string, old: Json | undefined, now: Json | undefined): string {
  if (old === undefined) return `${name}: ${valueText(now)} (new)`;
  if (now === undefined) return `${name}: removed (was ${valueText(old)})`;
  const leaves = changedLeaves(old, now, name);
  const [first] = leaves;
  if (first === undefined) return `${name}: ${valueText(old)} -> ${valueText(now)}`;
  if (first.path !== name)
    return paramText(first.path, first.old, first.now) + (leaves.length > 1 ? ` and ${leaves.length - 1} more` : '');
  return `${name}: ${valueText(old)} -> ${valueText(now)}`;
}

interface Leaf {
  readonly path: string;
  readonly old: Json | undefined;
  readonly now: Json | undefined;
}

/** Of two objects, the members that differ, as deep as both are objects. */
function changedLeaves(old: Json | undefined, now: Json | undefined, path: string): readonly Leaf[] {
  if (!isJsonObject(old) || !isJsonObject(now))
    return JSON.stringify(old) === JSON.stringify(now) ? [] : [{ path, old, now }];
  const names = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...names].flatMap((name) => changedLeaves(old[name], now[name], `${path}.${visible(name)}`));
}

/** Long commands often differ in one word: shows that word with a little of what stands before it. */
function commandText(old: Json | undefined, now: Json | undefined): string {
  if (typeof old !== 'string' || typeof now !== 'string')
    return `command ${verb(old, now)}: ${valueText(now ?? old, 60)}`;
  const before = old.split(/\s+/);
  const after = now.split(/\s+/);
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  const room = Math.min(before.length, after.length) - start;
  while (end < room && before.at(-1 - end) === after.at(-1 - end)) end++;
  const from = Math.max(0, start - 1);
  const part = (words: readonly string[]) => {
    const text = words.slice(from, words.length - end).join(' ');
    return valueText(`${from > 0 ? '… ' : ''}${text}${end > 0 ? ' …' : ''}`).replace(/^"(.*)"$/, '$1');
  };
  return `command: ${part(before)} -> ${part(after)}`;
}

function versionText(label: string, old: Json | undefined, now: Json | undefined): string {
  if (old === undefined || now === undefined) return `${label} ${verb(old, now)}`;
  return `${label}: ${String(old)} -> ${String(now)}`;
}

/** The value of an input is `[kind, digest, executable]`, or null for one that is not there. */
function inputText(label: string, old: Json | undefined, now: Json | undefined): string {
  if (old === undefined || old === null) return `${label} added`;
  if (now === undefined || now === null) return `${label} removed`;
  if (Array.isArray(old) && Array.isArray(now)) {
    if (old[0] !== now[0]) return `${label}: ${valueText(old[0] as Json)} -> ${valueText(now[0] as Json)}`;
    if (old[1] === now[1]) return `${label}: ${now[2] === true ? 'now executable' : 'no longer executable'}`;
  }
  return `${label} changed`;
}

/** Enough of it to tell two apart and to find an object in the store. */
function digestIn(value: Json | undefined): string | null {
  const digest = Array.isArray(value) ? value[1] : null;
  return typeof digest === 'string' ? digest.slice(0, 12) : null;
}

function outputText(label: string, old: Json | undefined, now: Json | undefined): string {
  if (old === undefined) return `output declared: ${label}`;
  if (now === undefined) return `output no longer declared: ${label}`;
  return `output declared otherwise: ${label}`;
}
