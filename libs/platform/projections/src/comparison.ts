import type { SqlSession } from '@encaisse/platform/postgres';

/** One value that two copies of a table do not share. */
export type Difference = {
  readonly table: string;
  /** The primary key of the row as JSON; of a table without one, the whole row. */
  readonly key: string;
  /** The column; null when one copy has no such row. */
  readonly column: string | null;
  /** As JSON; null when the live tables have no such row. */
  readonly served: string | null;
  /** As JSON; null when the rebuilt copy has no such row. */
  readonly rebuilt: string | null;
};

type Table = { readonly name: string; readonly keys: readonly string[] };

/** The tables of a schema, partitions attached to another table left out, with their primary keys. */
export async function tablesOf(schema: string, session: SqlSession): Promise<Table[]> {
  return session.query<Table>(
    `select c.relname as name,
       coalesce((select array_agg(a.attname order by k.place) from pg_index i
         cross join unnest(i.indkey::int[]) with ordinality k (number, place)
         join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
         where i.indrelid = c.oid and i.indisprimary), '{}')::text[] as keys
     from pg_class c
     where c.relnamespace = to_regnamespace($1) and c.relkind in ('r', 'p')
       and not c.relispartition
     order by c.relname`,
    [schema],
  );
}

/**
 * What differs between two copies of a read model, table by table, at most `limit` of each. Tables
 * are compared by a digest of their rows first: equal ones cost one reading of each copy.
 */
export async function differencesBetween(
  live: string,
  next: string,
  limit: number,
  session: SqlSession,
): Promise<Difference[]> {
  await session.query(`set local work_mem to '96MB'`);
  const [served, rebuilt] = [await tablesOf(live, session), await tablesOf(next, session)];
  const found: Difference[] = [];
  for (const { name } of served)
    if (!rebuilt.some((table) => table.name === name)) found.push(missing(name, 'rebuilt'));
  for (const table of rebuilt) {
    if (!served.some(({ name }) => name === table.name)) {
      found.push(missing(table.name, 'served'));
      continue;
    }
    const digests = [
      await digestOf(live, table.name, session),
      await digestOf(next, table.name, session),
    ];
    if (digests[0] !== digests[1])
      found.push(...(await differencesOf(table, live, next, limit, session)));
  }
  return found;
}

function missing(table: string, side: 'served' | 'rebuilt'): Difference {
  const whole = JSON.stringify('the whole table');
  return {
    table,
    key: '{}',
    column: null,
    served: side === 'served' ? null : whole,
    rebuilt: side === 'rebuilt' ? null : whole,
  };
}

/** Number of rows and two sums of their hashes: it does not depend on their order. */
async function digestOf(schema: string, table: string, session: SqlSession): Promise<string> {
  const [row] = await session.query<{ digest: string }>(
    `select count(*) || ' ' || coalesce(bit_xor(hash), 0) || ' ' || coalesce(sum(hash & 4294967295), 0)
       as digest
     from (select hash_record_extended(t, 0) as hash from ${schema}.${table} t) h`,
  );
  return row?.digest ?? '';
}

async function differencesOf(
  { name, keys }: Table,
  live: string,
  next: string,
  limit: number,
  session: SqlSession,
): Promise<Difference[]> {
  const rows = await session.query<Omit<Difference, 'table'>>(
    keys.length === 0 ? wholeRowsSql(name, live, next) : byColumnSql(name, keys, live, next),
    [limit],
  );
  return rows.map((row) => ({ table: name, ...row }));
}

function byColumnSql(table: string, keys: readonly string[], live: string, next: string): string {
  const key = (side: string) =>
    `jsonb_build_object(${keys.map((one) => `'${one}', ${side}."${one}"`).join(', ')})`;
  return `select d.key::text as key, v.column, v.served::text as served, v.rebuilt::text as rebuilt
    from (
      select ${key('l')} as key, to_jsonb(l) as served, to_jsonb(n) as rebuilt
      from ${live}.${table} l join ${next}.${table} n using (${keys.map((one) => `"${one}"`).join(', ')})
      where hash_record_extended(l, 0) <> hash_record_extended(n, 0)
      union all
      select ${key('l')}, to_jsonb(l), null from ${live}.${table} l
      where not exists (select 1 from ${next}.${table} n where ${sameKey(keys)})
      union all
      select ${key('n')}, null, to_jsonb(n) from ${next}.${table} n
      where not exists (select 1 from ${live}.${table} l where ${sameKey(keys)})
    ) d cross join lateral (
      select names.column, d.served -> names.column as served, d.rebuilt -> names.column as rebuilt
      from jsonb_object_keys(coalesce(d.served, d.rebuilt)) names ("column")
      where d.served is not null and d.rebuilt is not null
        and d.served -> names.column is distinct from d.rebuilt -> names.column
      union all
      select null, d.served, d.rebuilt where d.served is null or d.rebuilt is null
    ) v
    limit $1`;
}

function sameKey(keys: readonly string[]): string {
  return keys.map((key) => `n."${key}" = l."${key}"`).join(' and ');
}

function wholeRowsSql(table: string, live: string, next: string): string {
  const only = (own: string, other: string) =>
    `(select to_jsonb(t)::text as row from ${own}.${table} t
      except all select to_jsonb(t)::text from ${other}.${table} t)`;
  return `select row as key, null::text as "column", row as served, null::text as rebuilt
      from ${only(live, next)} l
    union all
    select row, null, null, row from ${only(next, live)} n
    limit $1`;
}
