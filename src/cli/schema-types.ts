/**
 * JSON Schemas -> TypeScript types, for this project's own schemas and for those of users' stages.
 *
 * Writes only files that would change, so that a build that watches them rests; with `check` it writes nothing and says
 * what it would have written.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fail, ok, type Result } from '../base/result.ts';

const SUFFIX = '.schema.json';

export interface TypesRequest {
  /** Absolute folder of `*.schema.json` files; folders in it are entered. */
  readonly schemas: string;
  /** Absolute folder the types go to, in the same shape. */
  readonly target: string;
  /** The command that makes the files, for their header. */
  readonly command: string;
  readonly check: boolean;
}

export interface TypesOutcome {
  readonly schemas: number;
  /** Files, relative to `target`, that were written, or with `check` would have been. */
  readonly changed: readonly string[];
}

/** A schema that cannot be read, or is none. */
export interface SchemaFault {
  /** Relative to `schemas`. */
  readonly schema: string;
  readonly message: string;
}

export async function writeSchemaTypes(request: TypesRequest): Promise<Result<TypesOutcome, SchemaFault>> {
  const files = schemaFiles(request.schemas);
  const changed: string[] = [];
  for (const file of files) {
    const out = `${file.slice(0, -SUFFIX.length)}.ts`;
    let text: string;
    try {
      text = await typesOf(path.join(request.schemas, file), request.command);
    } catch (error) {
      return fail({ schema: file, message: error instanceof Error ? error.message : String(error) });
    }
    const target = path.join(request.target, out);
    if (existsSync(target) && readFileSync(target, 'utf8') === text) continue;
    changed.push(out);
    if (request.check) continue;
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  return ok({ schemas: files.length, changed });
}

/** Schema files below a folder, sorted, with forward slashes; none when there is no such folder. */
export function schemaFiles(folder: string): readonly string[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((each) => each.endsWith(SUFFIX))
    .map((each) => each.split(path.sep).join('/'))
    .sort();
}

async function typesOf(file: string, command: string): Promise<string> {
  const { compile } = await import('json-schema-to-typescript');
  const schema = JSON.parse(readFileSync(file, 'utf8'));
  return compile(schema, path.basename(file, SUFFIX), {
    cwd: path.dirname(file),
    additionalProperties: false,
    bannerComment: `/** Made from ${path.basename(file)} by \`${command}\`. Not edited by hand. */`,
    style: { singleQuote: true, printWidth: 120 },
  });
}
