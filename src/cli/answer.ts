/** Gives the remembered answer of an earlier `run` or `status` while nothing it looked at has changed. */
import fs from 'node:fs';
import path from 'node:path';
import { type Certificate, certificatePath, type Sign, signPaths, signVariable } from '../run/certificate-format.ts';

/** From about this many entries on, a second thread gains more than loading and starting it costs. */
const SHARE_FROM_ENTRIES = 20_000;
/** Each further thread takes about 40 ms to start. */
const MOST_THREADS = 4;

/** Prints the answer and returns true when it still holds. */
export async function answerFromCertificate(argv: readonly string[], cwd: string): Promise<boolean> {
  if (argv[0] !== 'run' && argv[0] !== 'status') return false;
  const root = rootOf(argv, cwd);
  const file = certificatePath(root, argv);
  const certificate = readCertificate(file);
  if (certificate === null || !(await stillHolds(certificate, root))) return false;
  const isQuiet = argv.includes('--quiet') || argv.includes('-q');
  const isJson = argv.includes('--json');
  if (isQuiet && isJson) return false;
  if (isJson) writeAll(1, fs.readFileSync(`${file}l`));
  else if (!isQuiet) {
    writeAll(2, Buffer.from(certificate.stderr));
    writeAll(1, Buffer.from(certificate.stdout));
  }
  return true;
}

/** Pipes may be full for a while, and their reader may go away, which is no error. */
function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += fs.writeSync(descriptor, bytes, done);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** The folder whose `cache/` would hold the certificate: that of `--file`, or the working folder. */
function rootOf(argv: readonly string[], cwd: string): string {
  const at = argv.indexOf('--file');
  const file = at < 0 ? undefined : argv[at + 1];
  return file === undefined ? cwd : path.dirname(path.resolve(cwd, file));
}

async function stillHolds(certificate: Certificate, root: string): Promise<boolean> {
  const sign = certificate.entries < SHARE_FROM_ENTRIES ? undefined : await shareSigning();
  const sum = signPaths(root, certificate.paths, sign);
  if (sum.a !== certificate.a || sum.b !== certificate.b) return false;
  return certificate.environment.every(([name, a, b]) => {
    const now = signVariable(name, process.env[name]);
    return now[1] === a && now[2] === b;
  });
}

/** Loaded only for large folders: for all others it would cost more than it saves. */
async function shareSigning(): Promise<Sign> {
  const [{ sharedTreeSignature }, { scanPool }, { packageRoot }, os] = await Promise.all([
    import('../inputs/shared-signature.ts'),
    import('../inputs/scan-pool.ts'),
    import('./places.ts'),
    import('node:os'),
  ]);
  const pool = scanPool(
    path.join(packageRoot(), 'dist', 'scan-worker.cjs'),
    Math.min(MOST_THREADS, os.availableParallelism()),
  );
  return (place) => sharedTreeSignature(place, pool);
}

function readCertificate(file: string): Certificate | null {
  try {
    const certificate = JSON.parse(fs.readFileSync(file, 'utf8')) as Certificate;
    return certificate.version === 1 ? certificate : null;
  } catch {
    return null;
  }
}
