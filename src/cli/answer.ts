/** Gives the remembered answer of an earlier `run` or `status` while nothing it looked at has changed. */
import fs from 'node:fs';
import path from 'node:path';
import { type Certificate, certificatePath, signPaths, signVariable } from '../run/certificate-format.ts';

/** Prints the answer and returns true when it still holds. */
export function answerFromCertificate(argv: readonly string[], cwd: string): boolean {
  if (argv[0] !== 'run' && argv[0] !== 'status') return false;
  const root = rootOf(argv, cwd);
  const file = certificatePath(root, argv);
  const certificate = readCertificate(file);
  if (certificate === null || !stillHolds(certificate, root)) return false;
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

function stillHolds(certificate: Certificate, root: string): boolean {
  const sum = signPaths(root, certificate.paths);
  if (sum.a !== certificate.a || sum.b !== certificate.b) return false;
  return certificate.environment.every(([name, a, b]) => {
    const now = signVariable(name, process.env[name]);
    return now[1] === a && now[2] === b;
  });
}

function readCertificate(file: string): Certificate | null {
  try {
    const certificate = JSON.parse(fs.readFileSync(file, 'utf8')) as Certificate;
    return certificate.version === 1 ? certificate : null;
  } catch {
    return null;
  }
}
