/**
 * Features of batches of images by a frozen backbone, one batch for each line read: in onnxruntime or in the engine.
 *
 * Arguments: `onnxruntime` or `engine`, folder of the backbone, side of an image, threads. Each answer is one line of JSON.
 */
import { createInterface } from 'node:readline';
import { openBackendPass } from '../../stages/lib/backbones/frozen-pass.ts';
import { openOnnxruntimePass } from '../../stages/lib/backbones/onnxruntime-pass.ts';
import { openNetwork } from '../../stages/lib/backbones/open-network.ts';
import { openBackend } from '../../stages/lib/backend/open-backend.ts';
import { cutBackbone } from '../../stages/lib/models/backbone-topology.ts';

const [by = '', folder = '', side = '', threads = ''] = process.argv.slice(2);
const shape = [Number(side), Number(side), 3] as const;
const network = openNetwork(folder, '');
const work = { cut: cutBackbone(network, shape, network.preprocessing?.order ?? 'rgb'), shape, isPooled: true };

export default async function run(): Promise<void> {
  const pass =
    by === 'onnxruntime'
      ? await openOnnxruntimePass(work, Number(threads))
      : await openBackendPass(await openBackend({ threads: Number(threads) }), work);
  if (pass === null) throw new Error('onnxruntime is not installed: set PIPE_BACKENDS_FOLDER');
  const images = Float32Array.from({ length: pass.batch * shape[0] * shape[1] * 3 }, (_, i) => Math.sin(i));
  await pass.run(images);
  for await (const _line of createInterface({ input: process.stdin })) {
    const [startMs, cpu] = [performance.now(), process.cpuUsage()];
    await pass.run(images);
    const { user, system } = process.cpuUsage(cpu);
    const answer = { images: pass.batch, wallMs: performance.now() - startMs, cpuMs: (user + system) / 1000 };
    process.stdout.write(`${JSON.stringify({ ...answer, by: pass.by })}\n`);
  }
  process.exit(0);
}
void run();
