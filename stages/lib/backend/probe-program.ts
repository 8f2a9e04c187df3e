/**
 * A program that opens one backend, tests it, measures how fast it trains if asked to, and tells its parent what came of it.
 *
 * Started in a process of its own: a backend stays in the process that loaded it. Arguments: name, threads, `measure` or `open`.
 */
import type { BackendName } from '../../../src/base/backends.ts';
import { measureTraining } from './measure-training.ts';
import { tryBackend } from './open-backend.ts';

const [, , name = '', threads = '1', what = 'open'] = process.argv;

const tried = await tryBackend(name as BackendName, Number(threads));
if (tried.ok) {
  const { provenance, isEmulated } = tried.value;
  const imagesPerSecond = what === 'measure' ? await measureTraining(tried.value) : null;
  process.send?.({ ok: true, value: { provenance, isEmulated, imagesPerSecond } });
} else {
  process.send?.({ ok: false, failure: tried.failure });
}
