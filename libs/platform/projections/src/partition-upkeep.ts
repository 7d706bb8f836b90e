import { addMonths, businessDayOf, type Instant, startOfDay } from '@encaisse/kernel';
import type { Database, SqlSession } from '@encaisse/platform/postgres';
import {
  detachMonth,
  ensureMonths,
  monthAfter,
  monthOf,
  type PartitionedTable,
  partitionName,
  partitionsOf,
} from './month-partitions';
import type { Projection } from './projection';

/** Months stay online at least that long, whatever the settings say (GEN-09). */
const LEAST_MONTHS = 15;
/** Months created before they are needed. */
const MONTHS_AHEAD = 2;
const LOCK_NOT_AVAILABLE = '55P03';

/** One month of one table, as an operator sees it. */
export type PartitionStatus = {
  readonly projection: string;
  readonly table: string;
  readonly month: string;
  readonly isAttached: boolean;
  /** The planner's estimate. */
  readonly rows: number;
  /** Disk space with indexes. */
  readonly bytes: number;
};

/** What an upkeep did with one table. */
export type UpkeepReport = {
  readonly projection: string;
  readonly table: string;
  /** The first month that stays attached. */
  readonly horizon: string;
  readonly created: readonly string[];
  readonly broughtBack: readonly string[];
  readonly detached: readonly string[];
  /** Months due to be detached that queries held; the next upkeep tries again. */
  readonly inUse: readonly string[];
};

export type UpkeepOptions = {
  readonly now: Instant;
  /** Months that can be searched where nobody has chosen more. */
  readonly historyMonths: number;
  /** Months before this one are detached instead of those past the history; must not be later. */
  readonly before?: string;
};

/** Told to an operator who would detach what can still be searched. */
export class MonthStillSearched extends Error {}

/** The first month somebody may search. */
export async function historyHorizon(
  projection: Projection,
  database: Database,
  { now, historyMonths }: UpkeepOptions,
): Promise<string> {
  const chosen = await inSchema(projection, database, async (session) =>
    (await isMade(projection, session)) ? ((await projection.longestHistory?.(session)) ?? 0) : 0,
  );
  const months = Math.max(LEAST_MONTHS, historyMonths, chosen);
  return monthOf(startOfDay(addMonths(businessDayOf(now), -months)));
}

/**
 * Creates the coming months, brings back those a longer history asks for, and takes out of the tables
 * what nobody can search any more: kept beside them, never dropped.
 */
export async function keepMonths(
  projection: Projection,
  database: Database,
  options: UpkeepOptions,
): Promise<UpkeepReport[]> {
  const horizon = await historyHorizon(projection, database, options);
  const { before = horizon } = options;
  if (before > horizon)
    throw new MonthStillSearched(
      `${horizon} and later months can still be searched in ${projection.name}; give ${horizon} or an earlier month`,
    );
  const reports: UpkeepReport[] = [];
  for (const partitioned of projection.partitions ?? []) {
    const report = await keepTable(projection, partitioned, database, options.now, before);
    if (report !== null) reports.push({ ...report, horizon });
  }
  return reports;
}

async function keepTable(
  projection: Projection,
  partitioned: PartitionedTable,
  database: Database,
  now: Instant,
  before: string,
): Promise<Omit<UpkeepReport, 'horizon'> | null> {
  const made = await inSchema(projection, database, async (session) => {
    if (!(await isMade(projection, session))) return null;
    const partitions = await partitionsOf(partitioned, session);
    const coming = Array.from({ length: MONTHS_AHEAD + 1 }, (_, ahead) =>
      monthAfter(monthOf(now), ahead),
    );
    const back = partitions.filter((one) => !one.isAttached && one.month >= before);
    const broughtBack = back.map(({ month }) => month);
    const touched = await ensureMonths(partitioned, [...coming, ...broughtBack], session);
    const past = partitions.filter((one) => one.isAttached && one.month < before);
    return {
      broughtBack,
      created: touched.filter((month) => !broughtBack.includes(month)),
      past: past.map(({ month }) => month),
    };
  });
  if (made === null) return null;
  const detached: string[] = [];
  const inUse: string[] = [];
  for (const month of made.past) {
    const isDetached = await tryToDetach(projection, partitioned, month, database);
    (isDetached ? detached : inUse).push(month);
  }
  const { created, broughtBack } = made;
  return {
    projection: projection.name,
    table: partitioned.table,
    created,
    broughtBack,
    detached,
    inUse,
  };
}

/** False when queries hold the table: waiting longer would hold up those that come after. */
async function tryToDetach(
  projection: Projection,
  partitioned: PartitionedTable,
  month: string,
  database: Database,
): Promise<boolean> {
  try {
    await inSchema(projection, database, (session) => detachMonth(partitioned, month, session));
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
}

/** The months of every table of a read model, oldest first. */
export async function partitionStatus(
  projection: Projection,
  database: Database,
): Promise<PartitionStatus[]> {
  return inSchema(projection, database, async (session) => {
    const found: PartitionStatus[] = [];
    for (const partitioned of projection.partitions ?? [])
      for (const { name, month, isAttached } of await partitionsOf(partitioned, session)) {
        const [size] = await session.query<{ rows: number; bytes: number }>(
          `select greatest(reltuples, 0)::bigint as rows, pg_total_relation_size(oid) as bytes
           from pg_class where oid = to_regclass($1)`,
          [name],
        );
        const { rows = 0, bytes = 0 } = size ?? {};
        const { table } = partitioned;
        found.push({ projection: projection.name, table, month, isAttached, rows, bytes });
      }
    return found;
  });
}

/**
 * Gives the tables of one schema the months those of another have, the detached ones detached: a
 * rebuild takes the place of tables whose upkeep was done.
 */
export async function mirrorMonths(
  { partitions = [] }: Projection,
  from: string,
  to: string,
  session: SqlSession,
): Promise<void> {
  for (const partitioned of partitions) {
    await session.query(`set local search_path to ${from}, public`);
    const known = await partitionsOf(partitioned, session);
    await session.query(`set local search_path to ${to}, public`);
    const attached = known.filter(({ isAttached }) => isAttached).map(({ month }) => month);
    await ensureMonths(partitioned, attached, session);
    const own = await partitionsOf(partitioned, session);
    for (const { month } of known.filter(({ isAttached }) => !isAttached))
      if (own.some((one) => one.month === month && one.isAttached))
        await session.query(
          `alter table ${partitioned.table} detach partition ${partitionName(partitioned.table, month)}`,
        );
  }
}

async function isMade({ partitions }: Projection, session: SqlSession): Promise<boolean> {
  const [first] = partitions ?? [];
  if (first === undefined) return false;
  const [row] = await session.query<{ isMade: boolean }>(
    `select to_regclass($1) is not null as "isMade"`,
    [first.table],
  );
  return row?.isMade === true;
}

function inSchema<Result>(
  { schema }: Projection,
  database: Database,
  work: (session: SqlSession) => Promise<Result>,
): Promise<Result> {
  return database.transaction(async (session) => {
    await session.query(`set local search_path to ${schema}, public`);
    return work(session);
  });
}
