import {
  EXPORT_CATEGORY,
  type ExportEvent,
  type ExportFailed,
  type ExportFinished,
  type ExportRequested,
} from '@encaisse/backoffice/contract';
import type { StreamType } from '@encaisse/kernel';

/** An export asked for as a job: what was asked, and what became of it. Null before. */
export type Export = {
  readonly requested: ExportRequested['data'];
  readonly finished: ExportFinished['data'] | null;
  readonly failed: ExportFailed['data'] | null;
  readonly isExpired: boolean;
} | null;

/** One export, from the request to the end of its file. */
export const exportStream: StreamType<Export, ExportEvent> = {
  category: EXPORT_CATEGORY,
  initial: null,
  evolve(state, event) {
    if (event.type === 'ExportRequested')
      return { requested: event.data, finished: null, failed: null, isExpired: false };
    if (state === null) return null;
    switch (event.type) {
      case 'ExportFinished':
        return { ...state, finished: event.data };
      case 'ExportFailed':
        return { ...state, failed: event.data };
      case 'ExportExpired':
        return { ...state, isExpired: true };
    }
  },
  schemaVersions: { ExportRequested: 1, ExportFinished: 1, ExportFailed: 1, ExportExpired: 1 },
};
