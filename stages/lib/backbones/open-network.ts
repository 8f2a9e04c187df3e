/**
 * Finds out what a path to a trained network holds, checks it, and reads it as layers.
 *
 * A folder with backbone.json says what is in it and what images have to go through; any other folder has a model.json, or one
 * file of another format; or the path is such a file itself.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import type { Backbone } from '../../../src/generated/backbone.ts';
import { type JsonObject, StageError } from '../../../src/sdk/index.ts';
import type { Network } from './layer-list.ts';
import { readLayersWeights } from './layers-weights.ts';
import { unreadable } from './network-problems.ts';
import { readGraphModel } from './read-graph-model.ts';
import { readOnnx } from './read-onnx.ts';
import { readTflite } from './read-tflite.ts';

export interface OpenedNetwork extends Network {
  readonly preprocessing: NonNullable<Backbone['preprocessing']> | null;
}

const ABOUT = 'backbone.json';
const FORMATS = ['model.json', '.tflite', '.lite', '.onnx'];

/**
 * @param place  folder or file. @param until  the last layer that is wanted, by its name in the file; empty: see Network.
 * @throws StageError E0882, E0884, E0885.
 */
export function openNetwork(place: string, until: string): OpenedNetwork {
  const about = readAbout(place);
  const file = about === null ? findFile(place) : path.join(place, about.file);
  if (about !== null) checkDigests(place, about);
  return { ...readForeign(file, until), preprocessing: about?.preprocessing ?? null };
}

/** The bytes are anybody's: what a reader runs into where they make no sense says that of them. */
function readForeign(file: string, until: string): Network {
  try {
    return readNetwork(file, until);
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) {
      throw unreadable(file, 'it is damaged, or of a version that is not known here');
    }
    throw error;
  }
}

function readNetwork(file: string, until: string): Network {
  if (!fs.existsSync(file)) throw unreadable(file, 'there is no such file');
  if (/\.(tflite|lite)$/.test(file)) return readTflite(fs.readFileSync(file), file, until);
  if (file.endsWith('.onnx')) return readOnnx(fs.readFileSync(file), file, until);
  return readJson(file, until);
}

function readJson(file: string, until: string): Network {
  let text: io.ModelJSON;
  try {
    text = JSON.parse(fs.readFileSync(file, 'utf8')) as io.ModelJSON;
  } catch {
    throw unreadable(file, 'it is no JSON');
  }
  if (!Array.isArray(text.weightsManifest)) throw unreadable(file, 'it says nothing of weights');
  const weights = readLayersWeights(file, text);
  const isGraph = Array.isArray((text.modelTopology as unknown as JsonObject | undefined)?.node);
  return isGraph ? readGraphModel(text, weights, file, until) : { text, weights, until };
}

function readAbout(place: string): Backbone | null {
  const file = path.join(place, ABOUT);
  if (!fs.existsSync(file)) return null;
  try {
    const about = JSON.parse(fs.readFileSync(file, 'utf8')) as Backbone;
    if (typeof about.file === 'string') return about;
  } catch {
    // Said below.
  }
  throw unreadable(file, 'it is no JSON that names a `file`');
}

function findFile(place: string): string {
  if (!fs.existsSync(place)) throw unreadable(place, 'there is no such file or folder');
  if (!fs.statSync(place).isDirectory()) return place;
  const names = fs.readdirSync(place).sort();
  for (const format of FORMATS) {
    const name = names.find((each) => each.endsWith(format));
    if (name !== undefined) return path.join(place, name);
  }
  throw unreadable(place, 'the folder holds no model.json, .tflite or .onnx file');
}

function checkDigests(folder: string, { sha256 = {} }: Backbone): void {
  for (const [name, expected] of Object.entries(sha256)) {
    const file = path.join(folder, name);
    const found = fs.existsSync(file) ? createHash('sha256').update(fs.readFileSync(file)).digest('hex') : null;
    if (found === expected) continue;
    throw new StageError(
      found === null
        ? `the file \`${name}\` of the backbone is missing`
        : `\`${name}\` of the backbone has the SHA-256 ${found}, expected ${expected}`,
      { code: 'E0882', hint: `pipe backbone add ${path.basename(folder)}` },
    );
  }
}
