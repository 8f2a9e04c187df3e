/** `pipe backbone`: which trained networks there are to put before one of your own, and puts one into the project. */
import fs from 'node:fs';
import path from 'node:path';
import { addBackbone } from '../backbone/add-backbone.ts';
import { CATALOGUE } from '../backbone/catalogue.ts';
import { parseSource, readRecord } from '../backbone/parse-source.ts';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { shellWord } from '../base/shell-word.ts';
import type { Backbone } from '../generated/backbone.ts';
import { jsonLine } from '../report/json-lines.ts';
import type { CommandContext, CommandRun, ExitCode } from './command.ts';
import { interruptible } from './interrupt.ts';

const FOLDER = 'backbones';
const FETCH_TIMEOUT_S = 600;
const MEGABYTE = 1e6;

export const backbone: CommandRun = async (context) => {
  const [verb, source, archive, ...more] = context.operands;
  if (verb === undefined) return list(context);
  if (verb !== 'add' || source === undefined || more.length > 0) return fail([wrongOperands()]);
  const interrupt = interruptible(() => {});
  try {
    return await add(context, source, archive ?? null, interrupt.signal);
  } finally {
    interrupt.release();
  }
};

interface Row {
  readonly name: string;
  readonly about: string;
  readonly source: string;
  /** Null: of the project, and its weights are not here. */
  readonly sizeMB: number | null;
  readonly here: boolean;
  readonly record: Omit<Partial<Backbone>, 'name' | 'source'>;
}

function list({ root, options }: CommandContext): Result<ExitCode, readonly Problem[]> {
  const { json, quiet } = options;
  const rows = [...ownRows(path.join(root, FOLDER)), ...catalogueRows(root)];
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const { name, about, source, sizeMB, here, record } of rows) {
    if (json) process.stdout.write(jsonLine({ event: 'backbone', name, about, source, sizeMB, here, ...record }));
    else if (!quiet) {
      const { input } = record;
      const size = input === undefined ? '' : `${input.width} x ${input.height}`;
      const place = here ? `${FOLDER}/${name}` : sizeMB === null ? 'not here' : `${sizeMB} MB`;
      process.stdout.write(
        `  ${name.padEnd(width)}  ${size.padEnd(9)}  ${place.padEnd(FOLDER.length + 1 + width)}  ${about}\n`,
      );
    }
  }
  if (!json && !quiet) process.stdout.write('\nput one into the project: pipe backbone add NAME\n');
  return ok<ExitCode>(0);
}

function catalogueRows(root: string): Row[] {
  return Object.entries(CATALOGUE).map(([name, entry]) => ({
    name,
    about: entry.about,
    source: `${entry.package}@${entry.version}`,
    sizeMB: entry.sizeMB,
    here: fs.existsSync(path.join(root, FOLDER, name, 'backbone.json')),
    record: entry.backbone,
  }));
}

/** Those of the project that are not in the catalogue. */
function ownRows(folder: string): Row[] {
  const names = fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
  return names.flatMap((name) => {
    const record = Object.hasOwn(CATALOGUE, name) ? null : readRecord(path.join(folder, name));
    if (record === null) return [];
    const { name: _name, source = '', ...rest } = record;
    const here = fs.existsSync(path.join(folder, name, record.file));
    return [{ name, about: source, source, sizeMB: null, here, record: rest }];
  });
}

async function add(
  { root, options }: CommandContext,
  asked: string,
  archive: string | null,
  signal: AbortSignal,
): Promise<Result<ExitCode, readonly Problem[]>> {
  const { json, quiet, sha256, network, preprocessing } = options;
  const backbones = path.join(root, FOLDER);
  const parsed = parseSource(asked, backbones, options.as);
  if (!parsed.ok) return fail([parsed.failure]);
  const source = parsed.value;
  if (sha256 !== null && !/^[0-9a-f]{64}$/.test(sha256)) return fail([wrongDigest(sha256)]);
  const added = await addBackbone({
    source,
    asked: source.kind === 'address' ? shownRequest(asked, sha256) : shellWord(asked),
    backbones,
    archive: archive === null ? null : path.resolve(archive),
    sha256,
    network,
    preprocessing,
    timeoutMs: (options.timeout ?? FETCH_TIMEOUT_S) * 1000,
    signal,
    onStep: (text) => {
      if (!json && !quiet) process.stderr.write(`${text} …\n`);
    },
  });
  if (signal.aborted) return ok<ExitCode>(130);
  if (!added.ok) return fail([added.failure]);
  const folder = path.join(backbones, source.name);
  if (json) process.stdout.write(jsonLine({ event: 'backbone-added', folder, ...added.value }));
  else if (!quiet) process.stdout.write(addedText(source.name, folder, added.value));
  return ok<ExitCode>(0);
}

/** For hints: with what an address is never fetched without, and without its query, which may be nobody's business. */
function shownRequest(address: string, sha256: string | null): string {
  const shown = shellWord(address.replace(/[?#].*$/, ''));
  return sha256 === null ? shown : `${shown} --sha256 ${sha256}`;
}

/** What to write into the pipeline: images of its size, and the path. */
function addedText(name: string, folder: string, { license, input, source, preprocessing, sha256 }: Backbone): string {
  const about = Object.hasOwn(CATALOGUE, name) ? CATALOGUE[name]?.about : undefined;
  const bytes = Object.keys(sha256 ?? {}).reduce((sum, file) => sum + fs.statSync(path.join(folder, file)).size, 0);
  const size = bytes < MEGABYTE ? `${bytes} bytes` : `${(bytes / MEGABYTE).toFixed(0)} MB`;
  const resize =
    input === undefined
      ? []
      : ['  transform:', `    with: { resize: { width: ${input.width}, height: ${input.height} } }`];
  return [
    `${FOLDER}/${name}${about === undefined ? '' : `: ${about}`}`,
    `  ${source}, ${size}, digests ${about === undefined ? 'written down' : 'as expected'}`,
    ...(license === undefined ? [] : [`  ${license}`]),
    ...(preprocessing === undefined
      ? ['  what images have to go through is not known: add it again with `--preprocessing`, or say `normalize`']
      : []),
    '',
    'in pipeline.yaml:',
    ...resize,
    '  train:',
    `    with: { model: { backbone: { path: ${FOLDER}/${name} } } }`,
    '',
    `keep the weights out of Git, and the record in it: printf '${FOLDER}/*/*\\n!${FOLDER}/*/backbone.json\\n' >> .gitignore`,
    `who has the record gets the weights: pipe backbone add ${name}`,
    '',
  ].join('\n');
}

function wrongOperands(): Problem {
  return problem(
    'E0905',
    '`pipe backbone` takes nothing, or `add`, where a backbone is to come from, and the archive of its package',
    {
      expected: `${Object.keys(CATALOGUE)
        .map((each) => `\`add ${each}\``)
        .join(', ')}, \`add PACKAGE@VERSION\`, \`add ADDRESS\` or \`add PATH\``,
      hint: 'pipe backbone add resnet50',
    },
  );
}

function wrongDigest(found: string): Problem {
  return problem('E0904', `\`--sha256\` is \`${found}\``, {
    expected: '64 digits from 0 to f',
    hint: 'sha256sum FILE',
  });
}
