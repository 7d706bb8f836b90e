import { createHash } from 'node:crypto';
import { canonicalJson } from '@encaisse/kernel';
import { Client, Pool } from 'pg';
import { uuidv7 } from 'uuidv7';
import { sampleEvent } from './sample-events';

/** The peer of the append benches: the same columns and indexes, without our rules. */
const TABLE = `
create schema plain;
create table plain.events (
  position bigint primary key, event_id uuid not null unique, stream_id text collate "C" not null,
  category text collate "C" not null, version bigint not null, type text collate "C" not null,
  schema_version integer not null, recorded_at timestamptz(3) not null,
  body text collate "C" not null, leaf_hash bytea not null, unique (stream_id, version)
)`;

const INSERT = {
  name: 'plain-insert',
  text: 'insert into plain.events values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
};

export type PlainTable = {
  /** One INSERT of one row, committed on its own. The row is made beforehand, not while timed. */
  insert(this: void): Promise<void>;
  close(this: void): Promise<void>;
};

const PREPARED_ROWS = 20_000;

function preparedBodies(): { eventId: string; body: string }[] {
  return Array.from({ length: PREPARED_ROWS }, () => {
    const event = sampleEvent();
    const streamId = `bench.plain-${uuidv7()}`;
    const recordedAt = '2026-11-22T08:30:00.000Z';
    return { eventId: event.eventId, body: canonicalJson({ ...event, recordedAt, streamId }) };
  });
}

export async function openPlainTable(url: string, connections: number): Promise<PlainTable> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(TABLE);
  await client.end();
  const pool = new Pool({ connectionString: url, max: connections });
  const bodies = preparedBodies();
  const hash = createHash('sha256').update('leaf').digest();
  let position = 0;
  return {
    insert: async () => {
      position += 1;
      const { body } = bodies[position % bodies.length]!;
      const stream = `bench.plain-${uuidv7()}`;
      const values = [position, uuidv7(), stream, 'bench.plain', 0, 'PaymentRequested', 1];
      await pool.query({
        ...INSERT,
        values: [...values, '2026-11-22T08:30:00.000Z', body, hash],
      });
    },
    close: () => pool.end(),
  };
}
