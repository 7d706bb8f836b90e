import {
  MASS_OPERATION_CHUNK_CATEGORY,
  type MassOperationChunkDone,
} from '@encaisse/cashdesk/contract';
import { type Decision, type StreamType, accept } from '@encaisse/kernel';

/** A chunk of a mass operation, as decisions need it. */
export type MassOperationChunk = { readonly isDone: boolean };

/** What was done of one chunk of a mass operation, recorded once. */
export const massOperationChunkStream: StreamType<MassOperationChunk, MassOperationChunkDone> = {
  category: MASS_OPERATION_CHUNK_CATEGORY,
  initial: { isDone: false },
  evolve: () => ({ isDone: true }),
  schemaVersions: { MassOperationChunkDone: 1 },
};

/** Records what became of a chunk's transactions. The first record stays: a chunk comes again after a crash. */
export function recordChunk(
  data: MassOperationChunkDone['data'],
  { isDone }: MassOperationChunk,
): Decision<MassOperationChunkDone, never> {
  return isDone ? accept() : accept({ type: 'MassOperationChunkDone', data });
}
