/** `node bench/search/suggest-time.mjs [--write]`: how long the settings of the next trial take after 1,000 trials. */
import { bundled } from './bundled.mjs';

const { measure } = await bundled('suggest-time.ts');
await measure(process.argv.slice(2), import.meta.dirname);
