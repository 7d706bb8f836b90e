import type { ClientBase } from 'pg';
import { APPEND_BY_LOOKUP, APPEND_FUNCTIONS } from './append-functions';

/** Serialises migrations, and on its second key the appends of all processes. */
const MIGRATION_LOCK = 'select pg_advisory_xact_lock(1701733729, 0)';

const TABLES = `
create table event_store.events (
  position bigint primary key,
  event_id uuid not null unique,
  stream_id text collate "C" not null,
  category text collate "C" not null,
  version bigint not null,
  type text collate "C" not null,
  schema_version integer not null,
  recorded_at timestamptz(3) not null,
  body text collate "C" not null,
  leaf_hash bytea not null,
  unique (stream_id, version)
);

create function event_store.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the event log is append-only: % on event_store.events is refused', tg_op
    using errcode = 'integrity_constraint_violation',
          hint = 'record a new event that says what changed';
end $$;

create trigger refuse_change before update or delete or truncate on event_store.events
  for each statement execute function event_store.refuse_change();
`;

/** Each is applied once, in order, and never edited after a release. */
const MIGRATIONS: readonly string[] = [TABLES + APPEND_FUNCTIONS, APPEND_BY_LOOKUP];

/**
 * Brings the schema `event_store` up to date. Can be repeated, also by several processes at once.
 * Throws when the schema was made by a newer release.
 */
export async function migrateEventStore(client: ClientBase): Promise<void> {
  await client.query('begin');
  try {
    await client.query(MIGRATION_LOCK);
    await client.query(`
      create schema if not exists event_store;
      create table if not exists event_store.migrations (
        version integer primary key,
        applied_at timestamptz not null default now()
      )`);
    const { rows } = await client.query<{ version: number }>(
      'select coalesce(max(version), 0)::integer as version from event_store.migrations',
    );
    const applied = rows[0]?.version ?? 0;
    if (applied > MIGRATIONS.length) {
      throw new Error(
        `The event store has schema version ${applied}, this release knows ${MIGRATIONS.length}: ` +
          'run the newer release',
      );
    }
    for (const [index, migration] of MIGRATIONS.entries()) {
      if (index < applied) continue;
      await client.query(migration);
      await client.query('insert into event_store.migrations (version) values ($1)', [index + 1]);
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}
