/** What a search and the threads that train for it say to each other. */
import type { Json } from '../../src/sdk/index.ts';
import type { Inputs } from '../lib/training/inputs.ts';
import type { CellOutcome, CellWork, Took } from './train-cell.ts';

export type ToWorker =
  | { readonly type: 'data'; readonly id: string; readonly inputs: Inputs }
  | { readonly type: 'forget'; readonly id: string }
  | { readonly type: 'train'; readonly data: string; readonly work: CellWork };

export type FromWorker =
  | { readonly type: 'done'; readonly outcome: CellOutcome & Took; readonly backend: Json }
  | { readonly type: 'failed'; readonly name: string; readonly message: string; readonly code: string | null };
