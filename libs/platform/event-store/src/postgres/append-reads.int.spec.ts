import { type TestDatabase, createTestDatabase, newEvent } from '@encaisse/testing';
import { Client } from 'pg';
import { uuidv7 } from 'uuidv7';
import { prepareAppend } from '../prepared-append';
import { batchStatement } from './batch-statement';
import { migrateEventStore } from './schema';

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

/** Rows of the log that a batch looks at, by its indexes or without. */
async function readByOneBatch(): Promise<number> {
  await client.query('begin');
  await client.query(batch());
  const { rows } = await client.query<{ read: string }>(
    `select seq_tup_read + idx_tup_fetch as read from pg_stat_xact_user_tables
     where schemaname = 'event_store' and relname = 'events'`,
  );
  await client.query('commit');
  return Number(rows[0]?.read);
}

describe('An append to a log whose statistics lag behind', () => {
  it('reads no more of a long log than of a short one', async () => {
    await client.query('alter table event_store.events set (autovacuum_enabled = off)');
    const read: number[] = [];
    for (let batches = 0; batches < 60; batches += 1) read.push(await readByOneBatch());
    expect(Math.max(...read)).toBeLessThanOrEqual(APPENDS * READ_PER_APPEND);
  });
});
