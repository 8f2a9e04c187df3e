/** Names in archives: anybody may have made the archive, so no name is trusted. Pure. */
import { StageError } from '../../src/sdk/index.ts';

const SPLIT_NAMES = new Set(['train', 'training', 'validation', 'val', 'valid', 'test']);

/**
 * The path of an entry without `./` and empty parts.
 *
 * @returns null for a hidden file and for what macOS adds.
 * @throws StageError E0808 when it would lie outside of the folder that the archive is.
 */
export function entryPath(name: string): string | null {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (name.startsWith('/') || /^[a-z]:/i.test(name) || name.includes('\0') || parts.includes('..')) {
    throw damaged(`holds the name \`${name}\`, which leads out of it`);
  }
  const isHidden = parts.some((part) => part.startsWith('.') || part === '__MACOSX');
  return isHidden || parts.length === 0 ? null : parts.join('/');
}

/**
 * The folder that holds everything, with its slash, or the empty text. Many archives have one, of their own name. It is not
 * left out when it may say a class or a split.
 */
export function topFolder(paths: Iterable<string>): string {
  let top: string | null = null;
  for (const each of paths) {
    const parts = each.split('/');
    const first = parts[0] ?? '';
    if (parts.length < 3 || SPLIT_NAMES.has(first) || (top !== null && top !== first)) return '';
    top = first;
  }
  return top === null ? '' : `${top}/`;
}

export function damaged(why: string): StageError {
  return new StageError(`the archive ${why}`, {
    code: 'E0808',
    hint: 'unpack it with a program of your choice, and give the folder as `source`',
  });
}
