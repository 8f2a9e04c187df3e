/** The main module of a thread that measures images. */
import { serveJobs } from '../threads/serve-jobs.ts';
import { MEASURING } from './measure-image.ts';

serveJobs(MEASURING.run);
