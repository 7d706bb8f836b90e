import type { Instant } from '@encaisse/kernel';

/** The category of the streams of what was done of mass operations, one stream per chunk. */
export const MASS_OPERATION_CHUNK_CATEGORY = 'cashdesk.mass_operation';

/** What became of one transaction of a mass operation. */
export type MassOperationResult = {
  readonly transactionId: string;
  readonly outcome: 'done' | 'skipped';
  /** Code of the refusal, null when done. */
  readonly code: string | null;
  /** What the refusal rests on, such as the last day it was possible; null when done. */
  readonly facts: Readonly<Record<string, unknown>> | null;
};

/** A chunk of a mass operation was carried out, transaction by transaction. */
export type MassOperationChunkDone = {
  readonly type: 'MassOperationChunkDone';
  readonly data: {
    readonly massOperationId: string;
    /** Its place among the chunks, from 0. */
    readonly chunk: number;
    /** One per transaction, in the order of the chunk. */
    readonly results: readonly MassOperationResult[];
    readonly doneAt: Instant;
  };
};
