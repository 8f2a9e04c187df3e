/**
 * Action records: what an execution gave, under its key.
 *
 * The file is JSON with the digest of the record's own text, because records are not flushed to the disk: a record that a
 * power cut truncated, or that was edited, is no record, and the stage runs again.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isDigest, type Key } from '../base/digest.ts';
import { digestText } from '../inputs/listing.ts';
import { replaceFile } from '../inputs/replace-file.ts';
import { namesIn } from './object-files.ts';
import type { ActionRecord } from './store.ts';

const FRAME = /^\{"check":"([0-9a-f]{64})","record":(.*)\}\n$/s;

export function actionFile(root: string, key: Key): string {
  return `${root}/actions/${key.slice(0, 2)}/${key}.json`;
}

export function readAction(root: string, key: Key): ActionRecord | null {
  try {
    const match = FRAME.exec(readFileSync(actionFile(root, key), 'utf8'));
    const body = match?.[2] ?? '';
    if (match === null || digestText(body) !== match[1]) return null;
    const record = JSON.parse(body) as ActionRecord;
    return record.version === 1 && record.key === key ? record : null;
  } catch {
    return null;
  }
}

/** Every file where records lie; what is none of them lies there too. Absolute paths. */
export function actionFiles(root: string): string[] {
  const actions = `${root}/actions`;
  return namesIn(actions).flatMap((folder) =>
    namesIn(`${actions}/${folder}`).map((name) => `${actions}/${folder}/${name}`),
  );
}

/** Every record that can be read. For rare questions: it reads them all. */
export function allActions(root: string): ActionRecord[] {
  const keys = actionFiles(root).map((file) => path.basename(file, '.json'));
  return keys.flatMap((key) => (isDigest(key) ? (readAction(root, key as string as Key) ?? []) : []));
}

/** @throws the file system's error, leaving the earlier record in place. */
export function writeAction(root: string, record: ActionRecord): void {
  const body = JSON.stringify(record);
  replaceFile(actionFile(root, record.key), `{"check":"${digestText(body)}","record":${body}}\n`);
}
