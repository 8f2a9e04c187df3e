/** Which of the files of an archive, a folder or a server are one trained network. */
import path from 'node:path';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { shellWord } from '../base/shell-word.ts';

/** Files somewhere, by name with `/` between folders. */
export interface FilePlace {
  readonly names: readonly string[];
  /** Null: there is no such file. */
  read(name: string): Promise<Result<Uint8Array | null, Problem>>;
}

export interface NetworkFiles {
  /** The network itself, among `files`. */
  readonly file: string;
  /** By name below the folder of the network. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const NETWORK = /\.(onnx|tflite|lite)$|(^|\/)model\.json$/;
const SHOWN_NAMES = 8;

/**
 * @param wanted  name of the network's file, or its end; null: the only one there is. @param asked  the source, in hints.
 * @returns       E0886 when it is not there or several could be meant; whatever reading gives.
 */
export async function chooseNetwork(
  place: FilePlace,
  wanted: string | null,
  asked: string,
): Promise<Result<NetworkFiles, Problem>> {
  const networks = place.names.filter((name) => NETWORK.test(name));
  const meant = networks.filter((name) => wanted === null || name === wanted || name.endsWith(`/${wanted}`));
  const [name] = meant;
  if (name === undefined || meant.length > 1) {
    const shown = networks.slice(0, SHOWN_NAMES).map((each) => `\`${each}\``);
    const message =
      networks.length === 0 ? 'it holds no model.json, .tflite or .onnx file' : 'it holds several networks';
    const said = name === undefined && networks.length > 0 ? `it holds no network \`${wanted}\`` : message;
    return fail(
      problem('E0886', said, {
        ...(shown.length === 0 ? {} : { expected: `one of ${shown.join(', ')}` }),
        ...(shown.length === 0 ? {} : { hint: `pipe backbone add ${asked} --network ${shellWord(networks[0] ?? '')}` }),
      }),
    );
  }
  const folder = path.posix.dirname(name);
  const file = path.posix.basename(name);
  const files = new Map<string, Uint8Array>();
  const own = await readFile(place, folder, file);
  if (!own.ok) return own;
  files.set(file, own.value);
  const shards = file.endsWith('.json') ? shardsOf(own.value) : ok([]);
  if (!shards.ok) return shards;
  for (const shard of shards.value) {
    const bytes = await readFile(place, folder, shard);
    if (!bytes.ok) return bytes;
    files.set(shard, bytes.value);
  }
  return ok({ file, files });
}

async function readFile(place: FilePlace, folder: string, name: string): Promise<Result<Uint8Array, Problem>> {
  const read = await place.read(path.posix.join(folder, name));
  if (!read.ok) return read;
  if (read.value === null) return fail(problem('E0886', `its file \`${name}\` is missing`));
  return ok(read.value);
}

/** Names of the files with the weights of a model of TensorFlow.js. */
function shardsOf(bytes: Uint8Array): Result<readonly string[], Problem> {
  let names: readonly string[];
  try {
    const text = JSON.parse(Buffer.from(bytes).toString('utf8')) as { weightsManifest: { paths: string[] }[] };
    names = text.weightsManifest.flatMap(({ paths }) => paths);
  } catch {
    return fail(problem('E0886', 'its model.json says nothing of weights'));
  }
  const odd = names.find((name) => !isBelow(name));
  if (odd !== undefined)
    return fail(problem('E0886', `its model.json names the file \`${odd}\`, which is not below it`));
  return ok(names);
}

/** Whether a name, which anybody may have written, is that of a file in the folder it is written in, or in one below that. */
export function isBelow(name: unknown): name is string {
  if (typeof name !== 'string' || /[\\:?#\p{Cc}]/u.test(name)) return false;
  return name.split('/').every((part) => !['', '.', '..'].includes(part));
}
