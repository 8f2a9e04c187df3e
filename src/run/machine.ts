/** What this machine can give to stages. */
import fs from 'node:fs';
import os from 'node:os';
import type { Resources } from '../config/stage.ts';

/** @param jobs from `--jobs`; null: as many as there are processors. */
export function machineResources(jobs: number | null): Resources {
  return { cpus: jobs ?? os.availableParallelism(), memoryBytes: os.totalmem(), gpus: gpuCount() };
}

/** GPUs this process may use: what CUDA_VISIBLE_DEVICES leaves of what the driver lists. */
function gpuCount(): number {
  const visible = process.env.CUDA_VISIBLE_DEVICES;
  if (visible !== undefined)
    return visible.split(',').filter((each) => each.trim() !== '' && each.trim() !== '-1').length;
  try {
    return fs.readdirSync('/proc/driver/nvidia/gpus').length;
  } catch {
    return 0;
  }
}
