/**
 * The digest of a module's text without comments and layout.
 *
 * esbuild prints the module again with the least white space and no comments; names and syntax stay as written, so a
 * renamed variable counts and a moved bracket does not. Types are erased with the comments. Files in no language esbuild
 * knows count by their bytes.
 */
import path from 'node:path';
import type * as Esbuild from 'esbuild';
import { type Digest, digestBytes } from '../base/digest.ts';

/** How a file is read, by the end of its name. Files with other ends are no modules. */
export const LOADERS: Readonly<Record<string, Esbuild.Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
  '.jsx': 'jsx',
  '.json': 'json',
  '.txt': 'text',
  '.wasm': 'binary',
  '.bin': 'binary',
};

const PRINTED = new Set<Esbuild.Loader>(['ts', 'tsx', 'js', 'jsx', 'json']);

export function loaderOf(file: string): Esbuild.Loader | undefined {
  return LOADERS[path.extname(file).toLowerCase()];
}

/** True for files that can be the entry of a bundle. */
export function isScript(file: string): boolean {
  const loader = loaderOf(file);
  return loader !== undefined && loader !== 'json' && PRINTED.has(loader);
}

export interface ModuleText {
  readonly digest: Digest;
  /** The text that was digested; empty for files that count by their bytes. */
  readonly printed: string;
}

/** @throws esbuild's TransformFailure when the text has a syntax error. */
export async function digestModule(esbuild: typeof Esbuild, file: string, bytes: Buffer): Promise<ModuleText> {
  const loader = loaderOf(file);
  if (loader === undefined || !PRINTED.has(loader)) return { digest: digestBytes(bytes), printed: '' };
  const { code } = await esbuild.transform(bytes, {
    loader,
    sourcefile: file,
    minifyWhitespace: true,
    minifyIdentifiers: false,
    minifySyntax: false,
    legalComments: 'none',
    charset: 'utf8',
    target: 'esnext',
    tsconfigRaw: '{}',
    logLevel: 'silent',
  });
  return { digest: digestBytes(code), printed: code };
}
