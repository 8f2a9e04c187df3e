/** The problems of reading what lies in the project. */
import { type Problem, problem } from '../base/problem.ts';

/** An error of the file system while an input was read. What was there a moment ago and is not now has changed. */
export function unreadable(path: string, error: unknown): Problem {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  if (code === 'ENOENT') return keepsChanging(path);
  return problem('E0511', `cannot read ${quote(path)} (${code})`, {
    path,
    expected: 'a file or folder that may be read',
    hint: code === 'EACCES' || code === 'EPERM' ? `chmod -R u+rX ${shellWord(path)}` : `ls -ld ${shellWord(path)}`,
  });
}

export function danglingLink(path: string, target: string): Problem {
  return problem('E0512', `link ${quote(path)} points to ${quote(target)}, where nothing is`, {
    path,
    expected: 'a link to a file or folder of the project',
    hint: `rm ${shellWord(path)}`,
  });
}

export function linkOutside(path: string, target: string): Problem {
  return problem('E0513', `link ${quote(path)} leads out of the project, to ${quote(target)}`, {
    path,
    expected: 'content that lies in the project, so that others who have the project have it too',
    hint: `cp -rL ${shellWord(path)} ${shellWord(`${path}.copy`)} && mv -T ${shellWord(`${path}.copy`)} ${shellWord(path)}`,
  });
}

export function linkCircle(path: string, target: string): Problem {
  return problem('E0514', `link ${quote(path)} leads in a circle, by way of ${quote(target)}`, {
    path,
    expected: 'links that end at a file or folder',
    hint: `rm ${shellWord(path)}`,
  });
}

const KINDS = new Map([
  [0o140000, 'a socket'],
  [0o010000, 'a pipe'],
  [0o020000, 'a device'],
  [0o060000, 'a device'],
]);

/** A socket, a pipe or a device. */
export function notContent(path: string, mode: number): Problem {
  const kind = KINDS.get(mode & 0o170000) ?? 'of an unknown kind';
  return problem('E0515', `${quote(path)} is ${kind}`, {
    path,
    expected: 'files, folders and links only',
    hint: `rm ${shellWord(path)}`,
  });
}

/** @param folder the folder that holds the name. @param bytes the name as it is on disk. */
export function nameNotText(folder: string, bytes: Buffer): Problem {
  const shown = bytes
    .toString('latin1')
    .replace(/[^\x20-\x7e]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return problem('E0516', `a name in ${quote(folder)} is not valid UTF-8: ${quote(shown)}`, {
    path: folder,
    expected: 'names in UTF-8, which other machines read the same way',
    hint: `convmv -f latin1 -t utf8 --notest ${shellWord(folder)}/*`,
  });
}

function keepsChanging(path: string): Problem {
  return problem('E0517', `${quote(path)} disappeared or changed while it was read`, {
    path,
    expected: 'inputs that nothing writes to while the pipeline looks at them',
    hint: `lsof ${shellWord(path)}`,
  });
}

function quote(text: string): string {
  return `\`${text}\``;
}

/** Quoted for a POSIX shell where it has to be. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
