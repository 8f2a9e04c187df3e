/** The main module of a thread that crops and resizes. */
import { serveJobs } from '../lib/threads/serve-jobs.ts';
import { CHANGE } from './change.ts';

serveJobs(CHANGE.run);
