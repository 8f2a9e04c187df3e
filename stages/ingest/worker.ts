/** The main module of a thread that decodes files. */
import { serveJobs } from '../lib/threads/serve-jobs.ts';
import { INSPECTION } from './inspect-image.ts';

serveJobs(INSPECTION.run);
