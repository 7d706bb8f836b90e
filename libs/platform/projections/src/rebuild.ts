import { categoryOf } from '@encaisse/kernel';
import type { EventStore, RecordedEvent } from '@encaisse/platform/event-store';
import type { Database, SqlSession } from '@encaisse/platform/postgres';
import type { Projection } from './projection';
import { liveSlot, nextSlot, ProjectionStore } from './projection-store';

const BATCH_SIZE = 5000;
const CLOSE_ENOUGH = 2000;

export type RebuildReport = {
  readonly name: string;
  readonly events: number;
  readonly position: number;
  /** Tables whose rows differ from the ones that served until now, with both digests. */
  readonly differences: readonly string[];
};

export type RebuildOptions = {
  readonly onProgress?: (position: number, head: number) => void;
  /** Events read at a time; any size gives the same rows. */
  readonly batchSize?: number;
};

/**
 * Fills a fresh copy of a read model from the first event while the old one serves, compares the two
 * at the same position, then puts the new one in its place by a rename in one transaction.
 */
export async function rebuildProjection(
  projection: Projection,
  store: EventStore,
  database: Database,
  options: RebuildOptions = {},
): Promise<RebuildReport> {
  return database.withAdvisoryLock(`rebuild ${projection.name}`, async () => {
    const checkpoints = new ProjectionStore(database);
    const slot = nextSlot(projection);
    await checkpoints.create(projection, slot);
    const batchSize = options.batchSize ?? BATCH_SIZE;
    let position = 0;
    let head = await store.lastPosition();
    let reading = store.readAll({ after: position, limit: batchSize });
    while (head - position > CLOSE_ENOUGH) {
      const events = await reading;
      position = events.at(-1)?.position ?? head;
      // The next batch is read while this one is applied.
      reading = store.readAll({ after: position, limit: batchSize });
      await database.transaction((session) => applyTo(projection, slot.schema, events, session));
      options.onProgress?.(position, head);
      if (head - position <= CLOSE_ENOUGH) head = await store.lastPosition();
    }
    await reading;
    await checkpoints.createIndexes(projection, slot);
    return await catchUpAndSwitch(projection, store, database, position);
  });
}

async function applyTo(
  projection: Projection,
  schema: string,
  events: readonly RecordedEvent[],
  session: SqlSession,
): Promise<void> {
  await session.query(
    `set local search_path to ${schema}, public; set local synchronous_commit to off`,
  );
  const relevant = events.filter(({ streamId }) =>
    projection.categories.includes(categoryOf(streamId)),
  );
  if (relevant.length > 0) await projection.apply(relevant, session);
}

async function catchUpAndSwitch(
  projection: Projection,
  store: EventStore,
  database: Database,
  from: number,
): Promise<RebuildReport> {
  return database.transaction(async (session) => {
    // The row lock holds the live runner between two batches: both copies stop at one position.
    const [live] = await session.query<{ position: number; version: number }>(
      'select position, version from platform.projections where name = $1 for update',
      [projection.name],
    );
    const slot = nextSlot(projection);
    const target = Math.max(live?.position ?? 0, from);
    let position = from;
    while (position < target) {
      const limit = Math.min(BATCH_SIZE, target - position);
      const events = await store.readAll({ after: position, limit });
      const due = events.filter((event) => event.position <= target);
      await applyTo(projection, slot.schema, due, session);
      position = due.at(-1)?.position ?? target;
    }
    const isComparable = live?.position === target && live.version === projection.version;
    const differences = isComparable ? await differingTables(projection, session) : [];
    await switchSchemas(projection, target, session);
    return { name: projection.name, events: target, position: target, differences };
  });
}

async function switchSchemas(
  projection: Projection,
  position: number,
  session: SqlSession,
): Promise<void> {
  const { schema } = liveSlot(projection);
  await session.query(`drop schema if exists ${schema} cascade`);
  await session.query(`alter schema ${nextSlot(projection).schema} rename to ${schema}`);
  await session.query(
    `insert into platform.projections (name, version, position) values ($1, $2, $3)
     on conflict (name) do update set version = excluded.version, position = excluded.position`,
    [projection.name, projection.version, position],
  );
  await session.query('delete from platform.projections where name = $1', [
    nextSlot(projection).name,
  ]);
}

/** A digest per table that does not depend on the order of rows. */
async function digests(schema: string, session: SqlSession): Promise<Map<string, string>> {
  const tables = await session.query<{ name: string }>(
    `select relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relkind in ('r', 'p') and not c.relispartition order by relname`,
    [schema],
  );
  const found = new Map<string, string>();
  for (const { name } of tables) {
    const [row] = await session.query<{ digest: string }>(
      `select count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text
       as digest from ${schema}.${name} t`,
    );
    found.set(name, row?.digest ?? '');
  }
  return found;
}

async function differingTables(projection: Projection, session: SqlSession): Promise<string[]> {
  const live = await digests(liveSlot(projection).schema, session);
  const next = await digests(nextSlot(projection).schema, session);
  const names = new Set([...live.keys(), ...next.keys()]);
  return [...names]
    .filter((name) => live.get(name) !== next.get(name))
    .map((name) => `${name}: ${live.get(name) ?? 'absent'} became ${next.get(name) ?? 'absent'}`);
}
