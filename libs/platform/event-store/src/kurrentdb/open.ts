import type { EventStore } from '../event-store';
import type { KurrentDbEventStoreOptions } from './kurrentdb-event-store';

type Adapter = typeof import('./kurrentdb-event-store');

/**
 * Opens the log on a server. Its client, a quarter of a second and 20 MB, is loaded only by
 * installations that have one.
 */
export function openKurrentDbEventStore(options: KurrentDbEventStoreOptions): Promise<EventStore> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- An import loads at once, and a dynamic one needs a flag under Jest.
  const adapter = require('./kurrentdb-event-store') as Adapter;
  return adapter.KurrentDbEventStore.open(options);
}
