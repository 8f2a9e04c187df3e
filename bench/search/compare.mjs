/**
 * `node bench/search/compare.mjs [--python PYTHON] [--seeds 100] [--write]`: our samplers beside Optuna's on functions whose
 * optimum is known.
 *
 * PYTHON is one that can import optuna:  python3 -m venv /tmp/optuna && /tmp/optuna/bin/pip install optuna
 * With --write the table goes into RESULTS.md here, otherwise to the terminal.
 */
import { bundled } from './bundled.mjs';

const { compare } = await bundled('compare.ts');
await compare(process.argv.slice(2), import.meta.dirname);
