/** The main module of a thread of the measurements. */
import { serveJobs } from '../../stages/lib/threads/serve-jobs.ts';
import { SHRINKING } from './shrink.ts';

serveJobs(SHRINKING.run);
