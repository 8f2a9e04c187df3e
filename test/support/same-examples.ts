/**
 * Property tests draw the same examples on every run, so that a change passes or fails for what it changed.
 *
 * PIPE_SEED draws others: a number, or `random`. What a random run finds becomes an example of its own test.
 */
import fc from 'fast-check';

const wanted = process.env.PIPE_SEED ?? '2342';
if (wanted !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(wanted) });
