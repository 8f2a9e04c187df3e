/** `node bench/search/pruners.mjs [--seeds 200] [--write]`: what pruners save, and what that costs, on real learning curves. */
import { bundled } from './bundled.mjs';

const { measure } = await bundled('pruners.ts');
await measure(process.argv.slice(2), import.meta.dirname);
