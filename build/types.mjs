/**
 * Writes `src/generated/` from `schemas/`; with `--check`, fails when a file there differs from a fresh build.
 *
 * Needs `dist/`, because the work is done by the same module that serves `pipe types`.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import schemaTypes from '../dist/schema-types.cjs';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const check = process.argv.includes('--check');

const outcome = await schemaTypes.writeSchemaTypes({
  schemas: path.join(ROOT, 'schemas'),
  target: path.join(ROOT, 'src', 'generated'),
  command: 'npm run types',
  check,
});
if (!outcome.ok) {
  process.stderr.write(`error: schemas/${outcome.failure.schema}: ${outcome.failure.message}\n`);
  process.exitCode = 1;
} else if (check && outcome.value.changed.length > 0) {
  process.stderr.write(
    `error: out of date in src/generated: ${outcome.value.changed.join(', ')}\n\nhint: npm run types\n`,
  );
  process.exitCode = 1;
} else {
  process.stdout.write(`${outcome.value.schemas} schemas, ${outcome.value.changed.length} files written\n`);
}
