/**
 * `node bench/search/compare.mjs [--python PYTHON [--first 0] [--seeds 30]] [--write]`: our samplers beside Optuna's on functions whose
 * optimum is known.
 *
 * With PYTHON, one that can import optuna, Optuna is run and its regrets go into optuna-regrets.json; without, they are read
 * from there. With --write the table goes into RESULTS.md here, otherwise to the terminal.
 *
 *     python3 -m venv /tmp/optuna && /tmp/optuna/bin/pip install optuna
 *     node bench/search/compare.mjs --python /tmp/optuna/bin/python --write
 */
import { bundled } from './bundled.mjs';

const { compare } = await bundled('compare.ts');
await compare(process.argv.slice(2), import.meta.dirname);
