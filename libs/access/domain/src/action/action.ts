import type { StreamType } from '@encaisse/kernel';
import { ACTION_CATEGORY, type ActionRecorded } from '@encaisse/access/contract';

/** An entry of the action log: once written, it stays as it is. */
export const actionStream: StreamType<ActionRecorded['data'] | null, ActionRecorded> = {
  category: ACTION_CATEGORY,
  initial: null,
  schemaVersions: { ActionRecorded: 1 },
  evolve(_state, { data }) {
    return data;
  },
};
