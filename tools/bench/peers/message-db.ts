import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Pool } from 'pg';
import type { Peer, PeerEvent } from './peer';

const CATEGORY = 'payment';
const BATCH = 1000;
const FILLED_AT_ONCE = 1000;
/** In the order in which its own script installs them. */
const FOLDERS = ['schema', 'extensions', 'tables', 'types', 'functions', 'indexes'];

const WRITE = {
  name: 'write-message',
  text: 'select message_store.write_message($1, $2, $3, $4::jsonb, null, -1)',
};

/** message-db: functions of PostgreSQL that lock a category before they write to it. */
export async function openMessageDb(
  url: string,
  folder: string,
  connections: number,
): Promise<Peer> {
  await install(url, join(folder, 'node_modules', '@eventide', 'message-db', 'database'));
  const options = '-c search_path=message_store,public';
  const pool = new Pool({ connectionString: url, max: connections, options });
  return {
    name: 'message-db',
    append: async (streamId, { id, type, data }) => {
      const values = [id, `${CATEGORY}-${streamId}`, type, JSON.stringify(data)];
      await pool.query({ ...WRITE, values });
    },
    fill: (events, make) => fill(pool, events, make),
    replay: (events, fold) => replay(pool, events, fold),
    close: () => pool.end(),
  };
}

async function install(url: string, database: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const folder of FOLDERS)
      for (const file of readdirSync(join(database, folder)).sort())
        await client.query(readFileSync(join(database, folder, file), 'utf8'));
  } finally {
    await client.end();
  }
}

async function fill(pool: Pool, events: number, make: () => PeerEvent): Promise<void> {
  for (let done = 0; done < events; done += FILLED_AT_ONCE) {
    const rows = Array.from({ length: Math.min(FILLED_AT_ONCE, events - done) }, make);
    await pool.query(
      `select message_store.write_message(id, '${CATEGORY}-' || id, type, data, null, -1)
       from unnest($1::varchar[], $2::varchar[], $3::jsonb[]) as one (id, type, data)`,
      [rows.map(({ id }) => id), rows.map(({ type }) => type), rows.map(({ data }) => data)],
    );
  }
}

async function replay(pool: Pool, events: number, fold: (type: string) => void): Promise<void> {
  let position = 1;
  for (let seen = 0; seen < events;) {
    const { rows } = await pool.query<{ type: string; data: string; global_position: number }>(
      'select type, data, global_position from message_store.get_category_messages($1, $2, $3)',
      [CATEGORY, position, BATCH],
    );
    if (rows.length === 0) throw new Error(`message-db gave ${seen} of ${events} events`);
    for (const { type, data } of rows) {
      JSON.parse(data);
      fold(type);
    }
    seen += rows.length;
    position = Number(rows.at(-1)?.global_position) + 1;
  }
}
