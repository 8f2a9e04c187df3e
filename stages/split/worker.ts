/** The main module of a thread that hashes images. */
import { serveJobs } from '../lib/threads/serve-jobs.ts';
import { HASHING } from './hash-image.ts';

serveJobs(HASHING.run);
