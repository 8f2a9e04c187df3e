/**
 * Where a trained network is to come from, as it is written: a name of the catalogue or of the project, a package at one exact
 * version, an address, or a path.
 *
 * Reads no file but the record of a network that the project knows already, and fetches nothing.
 */
import fs from 'node:fs';
import path from 'node:path';
import { closest } from '../base/did-you-mean.ts';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Backbone } from '../generated/backbone.ts';
import { CATALOGUE, type CatalogueEntry } from './catalogue.ts';

export type BackboneSource =
  | { readonly kind: 'known'; readonly name: string; readonly entry: CatalogueEntry }
  | { readonly kind: 'package'; readonly name: string; readonly spec: string }
  | { readonly kind: 'address'; readonly name: string; readonly url: URL }
  | { readonly kind: 'path'; readonly name: string; readonly path: string }
  /** Its record is in the project, its weights may not be. */
  | { readonly kind: 'recorded'; readonly name: string; readonly record: Backbone };

export const RECORD = 'backbone.json';

const PACKAGE = /^(@[a-z0-9][\w.~-]*\/)?[a-z0-9][\w.~-]*@\d+\.\d+\.\d+[\w.+-]*$/;
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * @param backbones  absolute folder of those of the project. @param name  what it is to be called; null: after its source.
 * @returns          E0880, E0888.
 */
export function parseSource(text: string, backbones: string, name: string | null): Result<BackboneSource, Problem> {
  const entry = Object.hasOwn(CATALOGUE, text) ? CATALOGUE[text] : undefined;
  if (entry !== undefined) return named({ kind: 'known', name: name ?? text, entry });
  if (text.includes('://')) return parseAddress(text, name);
  if (isPackage(text)) {
    const own = text.slice(text.lastIndexOf('/') + 1, text.lastIndexOf('@'));
    return named({ kind: 'package', name: name ?? plain(own), spec: text });
  }
  const record = NAME.test(text) ? readRecord(path.join(backbones, text)) : null;
  if (record !== null) return named({ kind: 'recorded', name: name ?? text, record });
  const place = path.resolve(text);
  if (fs.existsSync(place)) return named({ kind: 'path', name: name ?? nameOfFile(place), path: place });
  const names = Object.keys(CATALOGUE);
  const near = closest(text, names);
  return fail(
    problem('E0880', `there is no backbone \`${text}\``, {
      expected: `${names.map((each) => `\`${each}\``).join(', ')}, a package \`NAME@1.2.3\`, an address or a path`,
      hint: `pipe backbone add ${near ?? (/^[\w@/.~-]+$/.test(text) && !/[/.]/.test(text) ? `${text}@VERSION` : names[0])}`,
    }),
  );
}

/** A name and one exact version: no option, tag, path or repository, all of which the package manager would take, too. */
export function isPackage(text: string): boolean {
  return PACKAGE.test(text);
}

/** An address whose bytes nobody on the way can change, and which holds no secret. */
export function parseAddress(text: string, name: string | null): Result<BackboneSource, Problem> {
  const url = tryUrl(text);
  // As far as the last `@`: a password may hold every other sign there is in an address.
  const shown = text.replace(/\/\/.*@/, '//').replace(/[?#].*$/, '');
  if (url === null) return fail(problem('E0888', `\`${shown}\` is no address`, { hint: 'https://HOST/PATH/net.onnx' }));
  if (url.username !== '' || url.password !== '') {
    return fail(
      problem('E0888', `the address \`${shown}\` has a user name or a password in it, which would be written down`, {
        expected: 'an address without them',
        hint: `fetch the file by other means, then: pipe backbone add FILE --as ${name ?? nameOfFile(url.pathname)}`,
      }),
    );
  }
  const fault = faultOfAddress(url);
  if (fault !== null) return fail(fault);
  return named({ kind: 'address', name: name ?? nameOfFile(url.pathname), url });
}

/** https; http only from this machine. */
export function faultOfAddress(url: URL): Problem | null {
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname))) return null;
  return problem('E0888', `\`${shownAddress(url)}\` is not fetched by ${url.protocol.slice(0, -1)}`, {
    expected: 'https',
    hint: `https://${url.host}${url.pathname}`,
  });
}

/** Without its query, which may hold a secret. */
export function shownAddress(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

export function readRecord(folder: string): Backbone | null {
  try {
    const record = JSON.parse(fs.readFileSync(path.join(folder, RECORD), 'utf8')) as Backbone;
    return typeof record.file === 'string' && typeof record.source === 'string' ? record : null;
  } catch {
    return null;
  }
}

function named(source: BackboneSource): Result<BackboneSource, Problem> {
  if (NAME.test(source.name)) return ok(source);
  return fail(
    problem('E0880', `a backbone cannot be called \`${source.name}\``, {
      expected: 'small letters, digits, `.`, `_` and `-`, a letter or digit first',
      hint: 'pipe backbone add SOURCE --as my-network',
    }),
  );
}

/** Of `nets/VGG16/model.json` the folder's name, else that of the file without its ending. */
function nameOfFile(place: string): string {
  const file = path.posix.basename(place.replaceAll('\\', '/'));
  const own = file === 'model.json' ? path.posix.basename(path.posix.dirname(place.replaceAll('\\', '/'))) : file;
  return plain(own.replace(/(\.tar)?\.(onnx|tflite|lite|tgz|gz)$/, ''));
}

function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '');
}

function tryUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
