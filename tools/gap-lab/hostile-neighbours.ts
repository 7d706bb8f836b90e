import { Client, type ClientBase } from 'pg';

/** Work beside the appenders that has hurt other designs; each goes on until it is told to end. */
export type Neighbour = {
  readonly name: string;
  /** Where it works: in the database of the log, or in another one of the same server. */
  readonly place: 'here' | 'elsewhere';
  turn(this: void, client: ClientBase): Promise<void>;
};

const IDLE_MS = 150;
const LONG_MS = 700;
const PREPARED_MS = 400;
const CUT_MS = 1_000;
/** The lock that appends take: held, then given back without a commit. */
const APPEND_LOCK = 'select pg_advisory_xact_lock(1701733729, 1)';

const pause = (millis: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, millis));

async function idleInTransaction(client: ClientBase): Promise<void> {
  await client.query('begin');
  await client.query('insert into lab.noise values (1)');
  await pause(IDLE_MS);
  await client.query(Math.random() < 0.7 ? 'rollback' : 'commit');
}

async function longReader(client: ClientBase): Promise<void> {
  await client.query('begin isolation level repeatable read read only');
  await client.query('select count(*) from pg_class');
  await pause(LONG_MS);
  await client.query('commit');
}

async function longWriter(client: ClientBase): Promise<void> {
  await client.query('begin');
  await client.query('insert into lab.noise select generate_series(1, 100)');
  await pause(LONG_MS);
  await client.query('commit');
}

async function forgottenPrepared(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    "select 'lab-' || gen_random_uuid() as name",
  );
  const name = rows[0]!.name;
  await client.query('begin');
  await client.query('insert into lab.noise values (2)');
  await client.query(`prepare transaction '${name}'`);
  await pause(PREPARED_MS);
  await client.query(`${Math.random() < 0.5 ? 'commit' : 'rollback'} prepared '${name}'`);
}

/** An appender that got as far as its positions, and then fell. */
async function undoneAppend(client: ClientBase): Promise<void> {
  await client.query('begin');
  await client.query(APPEND_LOCK);
  await client.query(
    `insert into event_store.events (position, event_id, stream_id, category, version, type,
                                     schema_version, recorded_at, body, leaf_hash)
     select last.position + n, gen_random_uuid(), 'lab.undone-' || n, 'lab.undone', 0, 'Undone', 1,
            last.recorded_at, '{}', ''
     from (select position, recorded_at from event_store.events order by position desc limit 1) last,
          generate_series(1, 3) n`,
  );
  await pause(5);
  await client.query('rollback');
  await pause(IDLE_MS);
}

/** Ends a connection of an appender between two bytes; what it was doing is then unknown to it. */
async function cutConnection(client: ClientBase): Promise<void> {
  await pause(CUT_MS);
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where application_name = 'gap-lab appender' and pid <> pg_backend_pid()
     order by random() limit 1`,
  );
}

const HERE: readonly Neighbour[] = [
  { name: 'idle in a transaction, mostly rolled back', place: 'here', turn: idleInTransaction },
  { name: 'a long reading transaction', place: 'here', turn: longReader },
  { name: 'a long writing transaction', place: 'here', turn: longWriter },
  { name: 'an append undone under the lock', place: 'here', turn: undoneAppend },
  { name: 'connections of appenders cut', place: 'here', turn: cutConnection },
];

const ELSEWHERE: readonly Neighbour[] = [
  { name: 'idle in a transaction elsewhere', place: 'elsewhere', turn: idleInTransaction },
  { name: 'a long writing transaction elsewhere', place: 'elsewhere', turn: longWriter },
];

/** Prepared transactions are off by default on a server; the laboratory's own has them on. */
const PREPARED: readonly Neighbour[] = [
  { name: 'a prepared transaction', place: 'here', turn: forgottenPrepared },
  { name: 'a prepared transaction elsewhere', place: 'elsewhere', turn: forgottenPrepared },
];

export async function canPrepare(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ count: number }>(
    "select current_setting('max_prepared_transactions')::int as count",
  );
  return rows[0]!.count > 0;
}

/** The neighbours, at work until `isOver`. Gives the names of those that this server allows. */
export async function liveBeside(
  url: string,
  elsewhereUrl: string,
  isOver: () => boolean,
): Promise<readonly string[]> {
  const [here, elsewhere] = [await connect(url), await connect(elsewhereUrl)];
  const mayPrepare = await canPrepare(here);
  for (const client of [here, elsewhere]) {
    await client.query('create schema if not exists lab');
    await client.query('create table if not exists lab.noise (n integer)');
    await client.end();
  }
  const neighbours = [...HERE, ...ELSEWHERE, ...(mayPrepare ? PREPARED : [])];
  await Promise.all(
    neighbours.map(async ({ place, turn }) => {
      const client = await connect(place === 'here' ? url : elsewhereUrl);
      try {
        while (!isOver()) await turn(client);
      } finally {
        await client.end();
      }
    }),
  );
  return neighbours.map(({ name }) => name);
}

export async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: 'gap-lab neighbour' });
  await client.connect();
  return client;
}
