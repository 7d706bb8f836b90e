import type { Environment } from '@encaisse/kernel';
import type { Database } from '@encaisse/platform/postgres';

/** A row of a vault's table, before it is known whether it is there already. */
export type VaultRow = {
  readonly id: string;
  readonly environment: Environment;
  readonly tenantId: string;
  readonly lookup: Buffer;
  /** Fingerprint of a card, commitment of a person. */
  readonly digest: Buffer;
  readonly dataKeyId: string;
  readonly sealed: Buffer;
};

export type FoundRow = { readonly id: string; readonly digest: Buffer };

const TABLES = {
  cards: { id: 'card_id', digest: 'fingerprint' },
  persons: { id: 'person_id', digest: 'commitment' },
} as const;

/**
 * Rows in the order of their look-up value: two processes that insert the same ones wait for each other
 * instead of locking each other out.
 */
function statementOf(table: keyof typeof TABLES): string {
  const { id, digest } = TABLES[table];
  return `
    with given as (
      select * from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::bytea[], $6::uuid[],
                           $7::bytea[])
        as g(id, environment, tenant_id, lookup, digest, data_key_id, sealed)
    ), added as (
      insert into security.${table}
        (${id}, environment, tenant_id, lookup, ${digest}, data_key_id, sealed)
      select * from given
      where not exists (select from security.${table} known where known.lookup = given.lookup)
      order by lookup
      on conflict (lookup) do nothing
      returning ${id} as id, lookup, ${digest} as digest
    )
    select id, lookup, digest from added
    union all
    select known.${id}, known.lookup, known.${digest}
    from given join security.${table} known on known.lookup = given.lookup`;
}

/**
 * Inserts what is new and finds what is known, in one round trip; answers in the order given. A row that
 * another process inserted meanwhile is not visible to the same statement, so it is asked for again.
 */
export async function insertOrFind<Item>(
  database: Database,
  table: keyof typeof TABLES,
  items: readonly Item[],
  toRow: (item: Item) => VaultRow,
): Promise<readonly FoundRow[]> {
  const rows = items.map((item) => toRow(item));
  const found = new Map<string, FoundRow>();
  for (let missing = rows; missing.length > 0;) {
    // Planned anew each time: a kept plan would read the whole table as it did when that was small.
    const answer = await database.query<FoundRow & { readonly lookup: Buffer }>(
      statementOf(table),
      columnsOf(missing),
    );
    for (const row of answer) found.set(row.lookup.toString('base64'), row);
    missing = missing.filter(({ lookup }) => !found.has(lookup.toString('base64')));
  }
  return rows.map(({ lookup }) => found.get(lookup.toString('base64'))!);
}

function columnsOf(rows: readonly VaultRow[]): unknown[][] {
  return [
    rows.map(({ id }) => id),
    rows.map(({ environment }) => environment),
    rows.map(({ tenantId }) => tenantId),
    rows.map(({ lookup }) => lookup),
    rows.map(({ digest }) => digest),
    rows.map(({ dataKeyId }) => dataKeyId),
    rows.map(({ sealed }) => sealed),
  ];
}
