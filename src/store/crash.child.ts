/** A process of `crash.test.ts`: stores an output, to be killed while it does. */
import { openStore } from './open-store.ts';

const [root = '', out = ''] = process.argv.slice(2);
await openStore({ root }).adopt(out);
