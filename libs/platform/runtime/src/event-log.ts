import {
  type EventStore,
  kurrentDbAddress,
  openKurrentDbEventStore,
  PostgresEventStore,
  StoreUnavailable,
  type StoreNeed,
} from '@encaisse/platform/event-store';
import { Client } from 'pg';
import { StartRefused } from './data-directory';
import type { Logger } from './logger';

/** Never tells the value: it may hold a password. */
function eventStoreAddress(url: string | undefined): string | null {
  if (url === undefined) return null;
  try {
    kurrentDbAddress(url);
  } catch (error) {
    throw new Error(`is no address of an event store: one ${(error as Error).message}`, {
      cause: error,
    });
  }
  return url;
}

/** Where the log is kept. */
export const EVENT_LOG_SETTINGS = {
  eventStoreUrl: {
    variable: 'EVENTSTORE_URL',
    meaning: 'EventStoreDB or KurrentDB server that keeps the log; empty keeps it in PostgreSQL',
    shownDefault: '(PostgreSQL)',
    read: eventStoreAddress,
  },
} as const;

/** What the platform itself makes of positions. */
export const PLATFORM_STORE_NEEDS: readonly StoreNeed[] = [
  {
    feature: 'a lag in events',
    needs: ['hasDensePositions'],
    instead: 'health, metrics and status tell it in bytes of the log',
  },
];

type EventLogOptions = {
  readonly service: string;
  /** The database of the read models, and of the log where no server of its own is set. */
  readonly databaseUrl: string;
  readonly logger?: Pick<Logger, 'info' | 'warn'>;
};

/** The log of the installation: on the server of EVENTSTORE_URL, else in the database. */
export async function openEventLog(
  { eventStoreUrl }: { readonly eventStoreUrl: string | null },
  { service, databaseUrl, logger }: EventLogOptions,
): Promise<EventStore> {
  const log = logger === undefined ? {} : { logger };
  if (eventStoreUrl === null)
    return PostgresEventStore.open({ url: databaseUrl, applicationName: service, ...log });
  await refuseAnotherLog(databaseUrl);
  try {
    return await openKurrentDbEventStore({ url: eventStoreUrl, ...log });
  } catch (error) {
    const { hosts } = kurrentDbAddress(eventStoreUrl);
    const { message, type } = error as Error & { type?: string };
    if (error instanceof StoreUnavailable)
      throw new StartRefused(`the event store at ${hosts} cannot be reached: ${message}`);
    if (type === 'access-denied')
      throw new StartRefused(`the event store at ${hosts} refuses the user of EVENTSTORE_URL`);
    throw error;
  }
}

/** Read models of one log beside another would be wrong in silence. */
async function refuseAnotherLog(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ log: string | null }>(
      "select to_regclass('event_store.events')::text as log",
    );
    if (tables[0]?.log == null) return;
    const { rowCount } = await client.query('select 1 from event_store.events limit 1');
    if (rowCount !== 0)
      throw new StartRefused(
        'the database holds a log of its own: unset EVENTSTORE_URL, or give a DATABASE_URL without one',
      );
  } finally {
    await client.end();
  }
}
