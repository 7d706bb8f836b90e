import type { ClientBase } from 'pg';

/** A table with the columns that are copied. */
export type CopiedTable = { readonly name: string; readonly columns: readonly string[] };

/** A sequence with its state. */
export type CopiedSequence = {
  readonly name: string;
  readonly lastValue: number;
  readonly isCalled: boolean;
};

export const EVENTS_TABLE = 'event_store.events';
const TECHNICAL_SCHEMAS = ['security', 'bus', 'platform'];
/** They follow from the log and are made again at the next start. */
const DERIVED_TABLES = ['platform.projections', 'platform.reference_snapshots'];

export async function hasEventLog(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(
    'select to_regclass($1) is not null as found',
    [EVENTS_TABLE],
  );
  return rows[0]?.found ?? false;
}

/** The log first, then the technical rows; referenced tables before those that reference them. */
export async function tablesToCopy(client: ClientBase): Promise<CopiedTable[]> {
  const { rows } = await client.query<CopiedTable>(
    `select format('%I.%I', n.nspname, c.relname) as name,
            array_agg(quote_ident(a.attname) order by a.attnum) as columns
     from pg_class c
     join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid
     where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
       and (n.nspname = any($1) or format('%I.%I', n.nspname, c.relname) = $2)
     group by n.nspname, c.relname, c.oid
     order by n.nspname <> 'event_store', c.oid`,
    [TECHNICAL_SCHEMAS, EVENTS_TABLE],
  );
  return rows.filter(({ name }) => !DERIVED_TABLES.includes(name));
}

/** A sequence does not belong to the snapshot: read after it began, it lies at or beyond its numbers. */
export async function sequencesToCopy(client: ClientBase): Promise<CopiedSequence[]> {
  const { rows } = await client.query<{ name: string }>(
    `select format('%I.%I', schemaname, sequencename) as name from pg_sequences
     where schemaname = any($1) order by 1`,
    [TECHNICAL_SCHEMAS],
  );
  const sequences: CopiedSequence[] = [];
  for (const { name } of rows) {
    const state = await client.query<{ last_value: string; is_called: boolean }>(
      `select last_value, is_called from ${name}`,
    );
    const row = state.rows[0];
    if (row) sequences.push({ name, lastValue: Number(row.last_value), isCalled: row.is_called });
  }
  return sequences;
}

export async function countRows(client: ClientBase, table: string): Promise<number> {
  const { rows } = await client.query<{ count: string }>(`select count(*) as count from ${table}`);
  return Number(rows[0]?.count ?? 0);
}
