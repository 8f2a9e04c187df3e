/** `node bench/search/draws.mjs --python PYTHON [--draws 1500]`: whether our TPE draws the next trial from the same distribution as Optuna's. */
import { bundled } from './bundled.mjs';

const { compareDraws } = await bundled('draws.ts');
await compareDraws(process.argv.slice(2), import.meta.dirname);
