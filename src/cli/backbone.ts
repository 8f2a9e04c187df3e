/** `pipe backbone`: which trained networks can be put before one of your own, and puts one into the project. */
import fs from 'node:fs';
import path from 'node:path';
import { addBackbone } from '../backbone/add-backbone.ts';
import { CATALOGUE, type CatalogueEntry } from '../backbone/catalogue.ts';
import { closest } from '../base/did-you-mean.ts';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Backbone } from '../generated/backbone.ts';
import { jsonLine } from '../report/json-lines.ts';
import type { CommandContext, CommandRun, ExitCode } from './command.ts';
import { interruptible } from './interrupt.ts';

const FOLDER = 'backbones';
const FETCH_TIMEOUT_S = 600;

export const backbone: CommandRun = async (context) => {
  const [verb, name, archive, ...more] = context.operands;
  if (verb === undefined) return list(context);
  if (verb !== 'add' || name === undefined || more.length > 0) return fail([wrongOperands()]);
  const entry = Object.hasOwn(CATALOGUE, name) ? CATALOGUE[name] : undefined;
  if (entry === undefined) return fail([unknownBackbone(name)]);
  const interrupt = interruptible(() => {});
  try {
    return await add(context, name, entry, archive ?? null, interrupt.signal);
  } finally {
    interrupt.release();
  }
};

function list({ root, options }: CommandContext): Result<ExitCode, readonly Problem[]> {
  const { json, quiet } = options;
  const names = Object.keys(CATALOGUE);
  const width = Math.max(...names.map(({ length }) => length));
  for (const [name, entry] of Object.entries(CATALOGUE)) {
    const isHere = fs.existsSync(path.join(root, FOLDER, name, 'backbone.json'));
    const source = `${entry.package}@${entry.version}`;
    const { input } = entry.backbone;
    if (json) {
      const { about, sizeMB } = entry;
      process.stdout.write(
        jsonLine({ event: 'backbone', name, about, source, sizeMB, here: isHere, ...entry.backbone }),
      );
    } else if (!quiet) {
      const place = isHere ? `${FOLDER}/${name}` : `${entry.sizeMB} MB`;
      process.stdout.write(
        `  ${name.padEnd(width)}  ${`${input?.width} x ${input?.height}`}  ${place.padEnd(FOLDER.length + 1 + width)}  ${entry.about}\n`,
      );
    }
  }
  if (!json && !quiet) process.stdout.write('\nput one into the project: pipe backbone add NAME\n');
  return ok<ExitCode>(0);
}

async function add(
  { root, options }: CommandContext,
  name: string,
  entry: CatalogueEntry,
  archive: string | null,
  signal: AbortSignal,
): Promise<Result<ExitCode, readonly Problem[]>> {
  const { json, quiet } = options;
  const folder = path.join(root, FOLDER, name);
  const added = await addBackbone(
    {
      name,
      entry,
      folder,
      archive: archive === null ? null : path.resolve(archive),
      timeoutMs: (options.timeout ?? FETCH_TIMEOUT_S) * 1000,
      onStep: (text) => {
        if (!json && !quiet) process.stderr.write(`${text} …\n`);
      },
    },
    signal,
  );
  if (signal.aborted) return ok<ExitCode>(130);
  if (!added.ok) return fail([added.failure]);
  if (json) process.stdout.write(jsonLine({ event: 'backbone-added', folder, ...added.value }));
  else if (!quiet) process.stdout.write(addedText(name, entry, added.value));
  return ok<ExitCode>(0);
}

/** What to write into the pipeline: images of its size, and the path. */
function addedText(name: string, entry: CatalogueEntry, { license, input, source }: Backbone): string {
  const { width = 224, height = 224 } = input ?? {};
  return [
    `${FOLDER}/${name}: ${entry.about}`,
    `  ${source}, ${entry.sizeMB} MB, digests as expected`,
    `  ${license}`,
    '',
    'in pipeline.yaml:',
    '  transform:',
    `    with: { resize: { width: ${width}, height: ${height} } }`,
    '  train:',
    `    with: { model: { backbone: { path: ${FOLDER}/${name} } } }`,
    '',
    `keep it out of Git: echo ${FOLDER}/ >> .gitignore`,
    '',
  ].join('\n');
}

function wrongOperands(): Problem {
  return problem(
    'E0905',
    '`pipe backbone` takes nothing, or `add`, the name of a backbone, and the archive of its package',
    {
      expected: Object.keys(CATALOGUE)
        .map((each) => `\`add ${each}\``)
        .join(', '),
      hint: 'pipe backbone add resnet50',
    },
  );
}

function unknownBackbone(name: string): Problem {
  const names = Object.keys(CATALOGUE);
  return problem('E0880', `there is no backbone \`${name}\``, {
    expected: names.map((each) => `\`${each}\``).join(', '),
    hint: `pipe backbone add ${closest(name, names) ?? names[0]}`,
  });
}
