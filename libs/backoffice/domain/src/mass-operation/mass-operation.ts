import {
  MASS_OPERATION_CATEGORY,
  type MassOperationEvent,
  type MassOperationRequested,
} from '@encaisse/backoffice/contract';
import type { StreamType } from '@encaisse/kernel';

/** A mass operation, as decisions need it: what was asked for, null before. */
export type MassOperation = MassOperationRequested['data'] | null;

/** One operation asked for on a whole list. Its results are the cash desk's to tell. */
export const massOperationStream: StreamType<MassOperation, MassOperationEvent> = {
  category: MASS_OPERATION_CATEGORY,
  initial: null,
  evolve: (state, { type, data }) => (type === 'MassOperationRequested' ? data : state),
  schemaVersions: { MassOperationRequested: 1, MassOperationSelected: 1 },
};
