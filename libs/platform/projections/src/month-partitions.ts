import { addMonths, businessDay, businessDayOf, type Instant, startOfDay } from '@encaisse/kernel';
import type { SqlSession } from '@encaisse/platform/postgres';

/** A table cut by month: `create table … partition by range (<key>)` in the projection's DDL. */
export type PartitionedTable = {
  /** Unqualified name of the table. */
  readonly table: string;
  /** The `timestamptz` column it is cut by; it never changes during the life of a row. */
  readonly key: string;
  /** The `uuid` column that names a row, wherever it lies. */
  readonly id: string;
};

/** One month of a table, attached to it or kept beside it. */
export type MonthPartition = {
  readonly name: string;
  /** `YYYY-MM`, Paris time. */
  readonly month: string;
  /** Attached partitions are searched; detached ones are tables that are kept, no more. */
  readonly isAttached: boolean;
};

const MONTH = /_(\d{4})_(\d{2})$/;

/** The Paris month of an instant, `YYYY-MM`: the dates people search by are Paris dates. */
export function monthOf(at: Instant): string {
  return businessDayOf(at).slice(0, 7);
}

/** The month some months later. */
export function monthAfter(month: string, months = 1): string {
  return addMonths(businessDay(`${month}-01`), months).slice(0, 7);
}

/** The first instant of a month. */
export function startOfMonth(month: string): Instant {
  return startOfDay(businessDay(`${month}-01`));
}

export function partitionName(table: string, month: string): string {
  return `${table}_${month.replace('-', '_')}`;
}

/** The months of a table, oldest first. The search path is on the schema of the table. */
export async function partitionsOf(
  { table }: PartitionedTable,
  session: SqlSession,
): Promise<readonly MonthPartition[]> {
  const rows = await session.query<{ name: string; isAttached: boolean }>(
    `select c.relname as name, c.relispartition as "isAttached"
     from pg_class p join pg_class c on c.relnamespace = p.relnamespace and c.relkind = 'r'
     where p.oid = to_regclass($1) and c.relname ~ ('^' || $1 || '_\\d{4}_\\d{2}$')
     order by c.relname`,
    [table],
  );
  return rows.map(({ name, isAttached }) => {
    const [, year = '', month = ''] = MONTH.exec(name) ?? [];
    return { name, month: `${year}-${month}`, isAttached };
  });
}

/**
 * Makes sure that rows of these months can be written: a month nobody knew of is created, however old,
 * and one that was detached comes back. Readers are not held up. Returns the months that were touched.
 */
export async function ensureMonths(
  partitioned: PartitionedTable,
  months: Iterable<string>,
  session: SqlSession,
): Promise<readonly string[]> {
  const wanted = [...new Set(months)].sort();
  const known = attachedMonths(await partitionsOf(partitioned, session));
  if (wanted.every((month) => known.has(month))) return [];
  await lock(partitioned, session);
  const now = await partitionsOf(partitioned, session);
  const attached = attachedMonths(now);
  const touched = wanted.filter((month) => !attached.has(month));
  for (const month of touched) {
    if (!now.some((one) => one.month === month)) await create(partitioned, month, session);
    await attach(partitioned, month, session);
  }
  return touched;
}

/**
 * Brings back the detached months that hold rows of these ids: a late event changes a row past the
 * history. True when a month came back.
 */
export async function bringBackMonthsOf(
  partitioned: PartitionedTable,
  ids: readonly string[],
  session: SqlSession,
): Promise<boolean> {
  const detached = (await partitionsOf(partitioned, session)).filter((one) => !one.isAttached);
  const holding: string[] = [];
  for (const { name, month } of detached) {
    const [row] = await session.query(
      `select 1 from ${name} where ${partitioned.id} = any($1::uuid[]) limit 1`,
      [ids],
    );
    if (row) holding.push(month);
  }
  if (holding.length > 0) await ensureMonths(partitioned, holding, session);
  return holding.length > 0;
}

/**
 * Takes a month out of the table and keeps it beside it, rows and indexes whole. Waits for queries of
 * the table for a moment only; throws when they take longer.
 */
export async function detachMonth(
  partitioned: PartitionedTable,
  month: string,
  session: SqlSession,
): Promise<void> {
  const name = partitionName(partitioned.table, month);
  await session.query(`set local lock_timeout = '1s'`);
  await session.query(`alter table ${partitioned.table} detach partition ${name}`);
}

function attachedMonths(partitions: readonly MonthPartition[]): ReadonlySet<string> {
  return new Set(partitions.filter(({ isAttached }) => isAttached).map(({ month }) => month));
}

/** Two processes may need the same month at one moment. */
async function lock({ table }: PartitionedTable, session: SqlSession): Promise<void> {
  await session.query(
    `select pg_advisory_xact_lock(hashtextextended('months of ' || current_schema() || '.' || $1, 0))`,
    [table],
  );
}

function boundsOf(month: string): { readonly from: Instant; readonly to: Instant } {
  return { from: startOfMonth(month), to: startOfMonth(monthAfter(month)) };
}

/**
 * Created apart and attached then, because creating it in place would keep readers of the whole table
 * waiting. Its check says what its bounds say, so that attaching it ever again need not read it.
 */
async function create(
  { table, key }: PartitionedTable,
  month: string,
  session: SqlSession,
): Promise<void> {
  const name = partitionName(table, month);
  const { from, to } = boundsOf(month);
  await session.query(
    `create table ${name} (like ${table} including defaults including constraints,
       constraint ${name}_bounds
         check (${key} is not null and ${key} >= '${from}'::timestamptz and ${key} < '${to}'::timestamptz))`,
  );
  const targets = await session.query<{ column: string; target: number }>(
    `select quote_ident(attname) as column, attstattarget as target from pg_attribute
     where attrelid = to_regclass($1) and attnum > 0 and attstattarget > 0`,
    [table],
  );
  for (const { column, target } of targets)
    await session.query(`alter table ${name} alter column ${column} set statistics ${target}`);
}

async function attach(
  { table }: PartitionedTable,
  month: string,
  session: SqlSession,
): Promise<void> {
  const { from, to } = boundsOf(month);
  await session.query(
    `alter table ${table} attach partition ${partitionName(table, month)}
     for values from ('${from}') to ('${to}')`,
  );
}
