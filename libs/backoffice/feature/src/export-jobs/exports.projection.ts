import { EXPORT_CATEGORY, type ExportEvent } from '@encaisse/backoffice/contract';
import type { Projection } from '@encaisse/platform/projections';

export const EXPORTS_PROJECTION = 'backoffice.exports';
export const EXPORTS_SCHEMA = 'backoffice_exports';

const TABLES = `
create table exports (
  export_id uuid primary key,
  environment text not null,
  node_id text not null,
  login text not null,
  requested_at timestamptz not null,
  expires_at timestamptz,
  is_expired boolean not null default false,
  requested jsonb not null,
  finished jsonb,
  failed jsonb
);`;

const INDEXES = `
create index exports_list on exports (environment, login, requested_at, export_id);
create index exports_expiry on exports (expires_at) where not is_expired;`;

/** The exports people asked for, and what became of them. */
export const exportsProjection: Projection = {
  name: EXPORTS_PROJECTION,
  version: 1,
  schema: EXPORTS_SCHEMA,
  tables: TABLES,
  indexes: INDEXES,
  categories: [EXPORT_CATEGORY],
  async apply(events, session) {
    for (const recorded of events) {
      const event = recorded as unknown as ExportEvent;
      const { exportId } = event.data;
      switch (event.type) {
        case 'ExportRequested': {
          const { environment, nodeId, requestedAt } = event.data;
          const { login } = recorded.metadata.actor;
          await session.query(
            `insert into exports (export_id, environment, node_id, login, requested_at, requested)
             values ($1, $2, $3, $4, $5, $6)`,
            [exportId, environment, nodeId, login, requestedAt, JSON.stringify(event.data)],
          );
          break;
        }
        case 'ExportFinished':
          await session.query(
            'update exports set finished = $2, expires_at = $3 where export_id = $1',
            [exportId, JSON.stringify(event.data), event.data.expiresAt],
          );
          break;
        case 'ExportFailed':
          await session.query('update exports set failed = $2 where export_id = $1', [
            exportId,
            JSON.stringify(event.data),
          ]);
          break;
        case 'ExportExpired':
          await session.query('update exports set is_expired = true where export_id = $1', [
            exportId,
          ]);
      }
    }
  },
};
