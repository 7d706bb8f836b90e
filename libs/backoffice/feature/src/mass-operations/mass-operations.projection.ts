import {
  CHUNK_SIZE,
  MASS_OPERATION_CATEGORY,
  type MassOperationEvent,
  type MassOperationRequested,
} from '@encaisse/backoffice/contract';
import {
  MASS_OPERATION_CHUNK_CATEGORY,
  type MassOperationChunkDone,
} from '@encaisse/cashdesk/contract';
import type { SqlSession } from '@encaisse/platform/postgres';
import type { Projection } from '@encaisse/platform/projections';

export const MASS_OPERATIONS_PROJECTION = 'backoffice.mass_operations';
export const MASS_OPERATIONS_SCHEMA = 'backoffice_mass_operations';

const TABLES = `
create table operations (
  mass_operation_id uuid primary key,
  operation text not null,
  node_id text not null,
  environment text not null,
  login text not null,
  count integer not null,
  totals jsonb not null,
  chunks integer not null,
  requested_at timestamptz not null,
  chunks_done integer not null default 0,
  done integer not null default 0,
  skipped integer not null default 0,
  finished_at timestamptz
);
create table lines (
  mass_operation_id uuid not null,
  ordinal bigint not null,
  transaction_id uuid not null,
  outcome text not null,
  code text,
  facts jsonb,
  primary key (mass_operation_id, ordinal)
);`;

const INDEXES = `
create index operations_list on operations (environment, node_id, requested_at, mass_operation_id);
create index lines_outcome on lines (mass_operation_id, outcome, ordinal);`;

type Followed = MassOperationEvent | MassOperationChunkDone;

/** How far each mass operation is, and what became of each of its transactions. */
export const massOperationsProjection: Projection = {
  name: MASS_OPERATIONS_PROJECTION,
  version: 1,
  schema: MASS_OPERATIONS_SCHEMA,
  tables: TABLES,
  indexes: INDEXES,
  categories: [MASS_OPERATION_CATEGORY, MASS_OPERATION_CHUNK_CATEGORY],
  async apply(events, session) {
    for (const recorded of events) {
      const event = recorded as unknown as Followed;
      if (event.type === 'MassOperationRequested')
        await open(event.data, recorded.metadata.actor.login, session);
      if (event.type === 'MassOperationChunkDone') await progress(event.data, session);
    }
  },
};

async function open(
  { massOperationId, operation, nodeId, environment, ...asked }: MassOperationRequested['data'],
  login: string,
  session: SqlSession,
): Promise<void> {
  const { count, totals, chunks, requestedAt } = asked;
  await session.query(
    `insert into operations (mass_operation_id, operation, node_id, environment, login, count,
       totals, chunks, requested_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      massOperationId,
      operation,
      nodeId,
      environment,
      login,
      count,
      JSON.stringify(totals),
      chunks,
      requestedAt,
    ],
  );
}

async function progress(
  { massOperationId, chunk, results, doneAt }: MassOperationChunkDone['data'],
  session: SqlSession,
): Promise<void> {
  await session.query(
    `insert into lines (mass_operation_id, ordinal, transaction_id, outcome, code, facts)
     select $1, $2::bigint + place - 1, "transactionId", outcome, code, facts
     from rows from (
       jsonb_to_recordset($3::jsonb)
         as ("transactionId" uuid, outcome text, code text, facts jsonb)
     ) with ordinality as r ("transactionId", outcome, code, facts, place)`,
    [massOperationId, chunk * CHUNK_SIZE, JSON.stringify(results)],
  );
  const done = results.filter(({ outcome }) => outcome === 'done').length;
  await session.query(
    `update operations set chunks_done = chunks_done + 1, done = done + $2,
       skipped = skipped + $3,
       finished_at = case when chunks_done + 1 = chunks then $4::timestamptz end
     where mass_operation_id = $1`,
    [massOperationId, done, results.length - done, doneAt],
  );
}
