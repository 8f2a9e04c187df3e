/** leak: how much better a network is on the test images of its split than on things nobody has seen. */
import fs from 'node:fs';
import type { StageRun } from 'pipe-runner/sdk';

const run: StageRun = async ({ inputs, outputs, note }) => {
  const [claimed, fresh] = [accuracyIn(inputs.claimed), accuracyIn(inputs.fresh)];
  const inflation = claimed - fresh;
  fs.writeFileSync(outputs['metrics.json'] ?? '', `${JSON.stringify({ claimed, fresh, inflation }, null, 2)}\n`);
  note(`claims ${percent(claimed)}, of fresh things ${percent(fresh)}`);
};
export default run;

function accuracyIn(file = ''): number {
  const { accuracy } = JSON.parse(fs.readFileSync(file, 'utf8')) as { accuracy: { value: number } };
  return accuracy.value;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
