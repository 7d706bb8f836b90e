import { type NewEvent, PostgresEventStore } from '@encaisse/platform/event-store';
import { Client } from 'pg';
import { uuidv7 } from 'uuidv7';

/** An instant of the writing, between two acknowledgements: where a recovery may be asked to stop. */
export type Instant = {
  /** Acknowledged before it was taken. */
  readonly atLeast: number;
  /** Recorded before anything that began after it. */
  readonly atMost: number;
  readonly lsn: string;
  readonly time: string;
};

export type LogRow = { readonly position: number; readonly body: string; readonly leaf: string };

const WRITERS = 8;
const SAMPLE_MILLIS = 40;

function newEvent(): NewEvent {
  return {
    eventId: uuidv7(),
    type: 'Happened',
    schemaVersion: 1,
    data: { amount: { minor: Math.floor(Math.random() * 100_000), currency: 'EUR' } },
    metadata: {
      actor: { kind: 'machine', login: 'restore-check' },
      correlationId: uuidv7(),
      causationId: null,
    },
  };
}

/** Writes for some seconds and notes instants on the way. */
export async function writeLog(url: string, seconds: number): Promise<Instant[]> {
  const store = await PostgresEventStore.open({ url });
  const client = new Client({ connectionString: url });
  await client.connect();
  const instants: Instant[] = [];
  const end = performance.now() + seconds * 1_000;
  const writer = async (number: number): Promise<void> => {
    while (performance.now() < end) {
      const streamId = `restore.thing-${number}-${Math.floor(Math.random() * 50)}`;
      await store.append([{ streamId, expected: 'any', events: [newEvent(), newEvent()] }]);
    }
  };
  const sampler = async (): Promise<void> => {
    while (performance.now() < end) {
      instants.push(await instantOf(store, client));
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_MILLIS));
    }
  };
  await Promise.all([...Array.from({ length: WRITERS }, (_, index) => writer(index)), sampler()]);
  await store.close();
  await client.end();
  return instants;
}

async function instantOf(store: PostgresEventStore, client: Client): Promise<Instant> {
  const atLeast = await store.lastPosition();
  const { rows } = await client.query<{ lsn: string; time: string }>(
    'select pg_current_wal_insert_lsn()::text as lsn, clock_timestamp()::text as time',
  );
  return { ...rows[0]!, atLeast, atMost: await firstPositionAfter(store) };
}

/**
 * What was committing at the instant is in the write-ahead log before anybody sees it. An append that
 * begins afterwards comes after all of it, and tells how much that was.
 */
async function firstPositionAfter(store: PostgresEventStore): Promise<number> {
  const events = [newEvent()];
  const result = await store.append([{ streamId: 'restore.instants', expected: 'any', events }]);
  if (result.kind !== 'appended') throw new Error('the instant was not noted');
  return result.position - 1;
}

/** The whole log as it lies in the table. */
export async function rowsOf(url: string): Promise<LogRow[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ position: string; body: string; leaf: string }>(
      `select position, body, encode(leaf_hash, 'hex') as leaf
       from event_store.events order by position`,
    );
    return rows.map(({ position, body, leaf }) => ({ position: Number(position), body, leaf }));
  } finally {
    await client.end();
  }
}

/** What is wrong with a restored log against the one it came from; null when it is its beginning. */
export function differenceOf(
  restored: readonly LogRow[],
  source: readonly LogRow[],
): string | null {
  for (const [index, row] of restored.entries()) {
    const original = source[index];
    if (original === undefined) return `position ${row.position} was never written`;
    if (row.position !== original.position || row.body !== original.body)
      return `position ${row.position} is not what was written`;
    if (row.leaf !== original.leaf) return `position ${row.position} has another hash`;
  }
  return null;
}

/** Whether the log goes on where it ends: the next event gets the next position. */
export async function goesOn(url: string): Promise<boolean> {
  const store = await PostgresEventStore.open({ url });
  try {
    const last = await store.lastPosition();
    const writes = [
      { streamId: 'restore.next', expected: 'no-stream' as const, events: [newEvent()] },
    ];
    const result = await store.append(writes);
    return result.kind === 'appended' && result.position === last + 1;
  } finally {
    await store.close();
  }
}
