/**
 * Runs a stage in a temporary folder, as the runner does: params validated against its schema with defaults filled in,
 * outputs in a fresh folder, items and checkpoints kept between runs of the same workbench.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { Json, JsonObject } from '../../src/base/json.ts';
import { createContext } from '../../src/sdk/create-context.ts';
import type { StageRun } from '../../src/sdk/index.ts';
import type { RunMessage } from '../../src/sdk/protocol.ts';

const SCHEMAS = path.join(import.meta.dirname, '../../schemas/stages');

export interface Ran {
  /** Absolute path of the folder with the outputs. */
  readonly folder: string;
  readonly note: string | null;
  readonly provenance: Readonly<Record<string, Json>>;
  read(output: string): string;
  json(output: string): JsonObject;
}

export interface Workbench {
  /** Temporary; removed by `remove`. */
  readonly root: string;
  /**
   * @param name    of the stage: its schema names params and outputs.
   * @param inputs  absolute paths by role.
   */
  run<Params>(name: string, stage: StageRun<Params>, params: JsonObject, inputs?: Record<string, string>): Promise<Ran>;
  remove(): void;
}

export function openWorkbench(): Workbench {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'stage-'));
  let runs = 0;
  return {
    root,
    async run(name, stage, params, inputs = {}) {
      const folder = path.join(root, `${String(runs++).padStart(2, '0')}-${name}`);
      fs.mkdirSync(folder, { recursive: true });
      const schema = JSON.parse(fs.readFileSync(path.join(SCHEMAS, `${name}.schema.json`), 'utf8')) as JsonObject;
      const outputs = Object.keys(schema['x-outputs'] as JsonObject).map((each) => [each, path.join(folder, each)]);
      const message: RunMessage = {
        type: 'run',
        bundle: '',
        params: z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).parse(params) as JsonObject,
        inputs,
        outputs: Object.fromEntries(outputs),
        items: path.join(root, 'cache/items', name),
        checkpoints: path.join(root, 'checkpoints', name),
        threads: 2,
      };
      const hosted = createContext(message, () => {});
      try {
        // The params were validated against the schema the stage's type was made from.
        await stage(hosted.context as unknown as Parameters<typeof stage>[0]);
      } finally {
        hosted.close();
      }
      return {
        folder,
        ...hosted.result(),
        read: (output) => fs.readFileSync(path.join(folder, output), 'utf8'),
        json: (output) => JSON.parse(fs.readFileSync(path.join(folder, output), 'utf8')) as JsonObject,
      };
    },
    remove: () => fs.rmSync(root, { recursive: true, force: true }),
  };
}
