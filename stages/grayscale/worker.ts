/** The main module of a thread that turns images grey. */
import { serveJobs } from '../lib/threads/serve-jobs.ts';
import { CHANGE } from './change.ts';

serveJobs(CHANGE.run);
