import { type TestDatabase, createTestDatabase, newEvent } from '@encaisse/testing';
import { Client, type QueryConfig } from 'pg';
import { uuidv7 } from 'uuidv7';
import { prepareAppend } from '../prepared-append';
import { batchStatement } from './batch-statement';
import { migrateEventStore } from './schema';
import { READ_STREAMS } from './stream-reader';

const APPENDS = 100;
/** The last event, and for each append its stream and its id. */
const READ_PER_APPEND = 3;

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  await migrateEventStore(client);
  await client.query('alter table event_store.events set (autovacuum_enabled = off)');
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

function batch() {
  return batchStatement(
    Array.from({ length: APPENDS }, () =>
      prepareAppend([
        { streamId: `t.x-${uuidv7()}`, expected: 'no-stream', events: [newEvent({ text: 'one' })] },
      ]),
    ),
  );
}

/** Rows of the log that a statement looks at, by its indexes or without. */
async function readBy(statement: QueryConfig): Promise<number> {
  // What earlier transactions of this session read is counted until it is handed over.
  await client.query('select pg_stat_force_next_flush()');
  await client.query('begin');
  await client.query(statement);
  const { rows } = await client.query<{ read: string }>(
    `select seq_tup_read + idx_tup_fetch as read from pg_stat_xact_user_tables
     where schemaname = 'event_store' and relname = 'events'`,
  );
  await client.query('commit');
  return Number(rows[0]?.read);
}

describe('A log whose statistics lag behind', () => {
  it('is read no more by appends when it is long than when it is short', async () => {
    const read: number[] = [];
    for (let batches = 0; batches < 60; batches += 1) read.push(await readBy(batch()));
    expect(Math.max(...read)).toBeLessThanOrEqual(APPENDS * READ_PER_APPEND);
  });

  it('is read no more by readers of streams than they ask for', async () => {
    const { rows } = await client.query<{ stream_id: string }>(
      'select stream_id from event_store.events order by event_id limit 20',
    );
    const asked = [...rows.map((row) => row.stream_id), 't.x-none'];
    const statement = { name: 'streams', text: READ_STREAMS, values: [asked] };
    expect(await readBy(statement)).toBe(rows.length);
  });
});
