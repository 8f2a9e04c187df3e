/**
 * JSON Schemas -> TypeScript types, for this project's own schemas and for those of users' stages.
 *
 * Writes only files that would change, so that a build that watches them rests; with `check` it writes nothing and says
 * what it would have written.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

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

/** @throws Error with the schema's name when a schema cannot be read or is no schema. */
export async function writeSchemaTypes(request: TypesRequest): Promise<TypesOutcome> {
  const files = schemaFiles(request.schemas);
  const changed: string[] = [];
  for (const file of files) {
    const out = `${file.slice(0, -SUFFIX.length)}.ts`;
    const text = await typesOf(path.join(request.schemas, file), file, request.command);
    const target = path.join(request.target, out);
    if (existsSync(target) && readFileSync(target, 'utf8') === text) continue;
    changed.push(out);
    if (request.check) continue;
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  return { schemas: files.length, changed };
}

/** Schema files below a folder, sorted, with forward slashes; none when there is no such folder. */
export function schemaFiles(folder: string): readonly string[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((each) => each.endsWith(SUFFIX))
    .map((each) => each.split(path.sep).join('/'))
    .sort();
}

async function typesOf(file: string, name: string, command: string): Promise<string> {
  const { compile } = await import('json-schema-to-typescript');
  const schema = JSON.parse(readFileSync(file, 'utf8'));
  try {
    return await compile(schema, path.basename(name, SUFFIX), {
      cwd: path.dirname(file),
      additionalProperties: false,
      bannerComment: `/** Made from ${path.basename(file)} by \`${command}\`. Not edited by hand. */`,
      style: { singleQuote: true, printWidth: 120 },
    });
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
