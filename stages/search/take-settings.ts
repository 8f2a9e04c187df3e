/** `use`: settings that were decided already. Nothing is searched; the outputs are those of a search without trials. */
import fs from 'node:fs';
import { writeCharts } from '../../src/sdk/charts/index.ts';
import type { JsonObject } from '../../src/sdk/index.ts';

export async function takeSettings(outputs: Readonly<Record<string, string>>, use: JsonObject): Promise<void> {
  const write = (name: string, text: string) => fs.writeFileSync(outputs[name] ?? '', text);
  write('settings.json', `${JSON.stringify({ trial: null, objectives: [], settings: use }, null, 2)}\n`);
  write('trials.jsonl', '');
  write('trials.csv', 'trial,state\n');
  write('consensus.json', `${JSON.stringify({ best: 0, params: [] }, null, 2)}\n`);
  write('importance.json', `${JSON.stringify({ method: 'PED-ANOVA', metric: null, params: [] }, null, 2)}\n`);
  write('metrics.json', `${JSON.stringify({ trials: 0 }, null, 2)}\n`);
  await writeCharts(outputs.charts ?? '', []);
}
