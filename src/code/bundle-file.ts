/** Writes bundles under the digest of their text, so that one in use is never overwritten by another. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { digestBytes } from '../base/digest.ts';

/** In the text esbuild writes where a module calls `require`; ES modules have none of their own. */
const REQUIRE_SHIM = 'typeof require !== "undefined"';

/** @returns the absolute path, `<folder>/<digest>.mjs`; its source map lies beside it with `.map` after the name. */
export function writeBundle(folder: string, entry: string, code: string, map: string): string {
  const text = code.includes(REQUIRE_SHIM) ? requireLine(entry) + code : code;
  const target = path.join(folder, `${digestBytes(`${text}\n${map}`)}.mjs`);
  if (existsSync(target)) return target;
  mkdirSync(folder, { recursive: true });
  writeWhole(`${target}.map`, map);
  writeWhole(target, text);
  return target;
}

/** Without a line break: the source map counts lines. */
function requireLine(entry: string): string {
  const from = JSON.stringify(pathToFileURL(entry).href);
  return `import{createRequire as __createRequire}from"node:module";const require=__createRequire(${from});`;
}

/** All of the text or none of it, also after a power cut. */
export function writeWhole(target: string, text: string): void {
  const temporary = `${target}.${process.pid}.tmp`;
  const file = openSync(temporary, 'w');
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, target);
}
