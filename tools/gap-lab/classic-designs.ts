import { Client, Pool } from 'pg';
import {
  type Conditions,
  type Finding,
  NumberSet,
  STREAMS,
  Sighting,
  contest,
  randomDelay,
  randomStream,
} from './laboratory';

/** The designs that lose or invert, as found in the wild: sequence positions, read in three ways. */
const SCHEMA = `
create schema lab;
create table lab.streams (id text primary key, version bigint not null);
insert into lab.streams select 'stream-' || n, -1 from generate_series(0, ${STREAMS - 1}) n;
create table lab.events (
  position bigserial primary key, xid xid8 not null default pg_current_xact_id(),
  id bigint not null, stream text not null, version bigint not null
);
create function lab.append(p_id bigint, p_stream text, p_delay double precision, p_is_undone boolean)
returns void language plpgsql as $$
declare v_version bigint;
begin
  update lab.streams set version = version + 1 where id = p_stream returning version into v_version;
  insert into lab.events (id, stream, version) values (p_id, p_stream, v_version);
  perform pg_sleep(p_delay);
  if p_is_undone then raise exception 'undone'; end if;
end $$;
`;

type Row = {
  readonly id: string;
  readonly stream: string;
  readonly version: string;
  readonly position: string;
  readonly xid: string;
};

type Reading = {
  readonly name: string;
  /** Reads what comes after a cursor of transaction and position. */
  readonly text: string;
};

const SETTLED = 'xid < pg_snapshot_xmin(pg_current_snapshot())';

export const READINGS: readonly Reading[] = [
  {
    name: 'naive',
    text: `select * from lab.events where position > $2::bigint and $1::text is not null
           order by position limit 500`,
  },
  {
    name: 'hybrid',
    text: `select * from lab.events where position > $2::bigint and ${SETTLED}
           and $1::text is not null order by position limit 500`,
  },
  {
    name: 'xid only',
    text: `select * from lab.events where (xid, position) > ($1::text::xid8, $2::bigint)
           and ${SETTLED} order by xid, position limit 500`,
  },
];

const UNDONE_SHARE = 0.05;

async function follow(
  pool: Pool,
  text: string,
  sighting: Sighting,
  isOver: () => boolean,
): Promise<void> {
  let cursor = ['0', '0'];
  for (;;) {
    const wasOver = isOver();
    const { rows } = await pool.query<Row>(text, cursor);
    for (const { id, stream, version } of rows) sighting.see(Number(id), stream, Number(version));
    const last = rows.at(-1);
    if (last !== undefined) cursor = [last.xid, last.position];
    else if (wasOver) return;
    else await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

export async function createClassicLog(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(SCHEMA);
  await client.end();
}

/** One contest for all three readings: they follow the same writers. */
export async function tryClassicDesigns(conditions: Conditions): Promise<Finding[]> {
  await createClassicLog(conditions.url);
  const pool = new Pool({
    connectionString: conditions.url,
    max: conditions.writers + READINGS.length,
  });
  const committed = new NumberSet();
  const sightings = READINGS.map(() => new Sighting());
  let attempts = 0;
  const write = async (): Promise<void> => {
    const id = attempts++;
    const isUndone = Math.random() < UNDONE_SHARE;
    const values = [id, `stream-${randomStream()}`, randomDelay(conditions), isUndone];
    const done = pool.query('select lab.append($1, $2, $3, $4)', values);
    await done.then(
      () => committed.add(id),
      (error: unknown) => {
        if (!isUndone) throw error;
      },
    );
  };
  await contest(conditions, committed, write, async (isOver) => {
    await Promise.all(
      READINGS.map(({ text }, index) => follow(pool, text, sightings[index]!, isOver)),
    );
  });
  await pool.end();
  return READINGS.map(({ name }, index) => sightings[index]!.judge(name, committed, null));
}
