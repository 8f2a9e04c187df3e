/** Where it was before the audit asked for it, too. */
export { shareCutOff } from '../lib/augment/cut-off.ts';
