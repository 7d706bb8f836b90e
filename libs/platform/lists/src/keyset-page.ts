import type { SqlSession } from '@encaisse/platform/postgres';
import { type PageEnd, readCursor, writeCursor } from './cursor';
import type { SortColumn, Sorting } from './sorting';
import type { SqlConditions } from './sql-conditions';

/** One page of a list read by key: as fast at the hundredth page as at the first. */
export type KeysetPage<Row> = { readonly rows: readonly Row[]; readonly nextCursor: string | null };

export type KeysetQuery<Row> = {
  readonly selection: string;
  readonly table: string;
  /**
   * What rows meet. With several, given where the page before ended: each finds rows that come after
   * those of the one before it, and is only asked for when these do not fill the page, or beside one that is.
   */
  readonly conditions: SqlConditions | ((after: PageEnd | null) => Iterable<SqlConditions>);
  /** Column that settles the order of equal values. */
  readonly idColumn: string;
  readonly sorting: Sorting;
  readonly sortColumn: SortColumn;
  readonly limit: number;
  readonly cursor: string | null;
  /** Ties the cursor to the search. */
  readonly digest: string;
  readonly endOf: (row: Row) => PageEnd;
  /** So few rows are found that they are better sorted than read in order. */
  readonly isSelective?: boolean;
  /** How many rows there are, and where they lie, is a guess: reading in order must be worth it for many. */
  readonly isGuess?: boolean;
  /**
   * Values of columns that an index orders one by one: each is read in order, then merged. The rows of
   * the search are those that have one of the values of every branch, and meet the conditions.
   */
  readonly branches?: readonly SqlBranch[];
};

export type SqlBranch = {
  readonly column: string;
  readonly type: string;
  readonly values: readonly unknown[];
};

/** The `order by` that the keys follow. */
export function orderBy(
  { isDescending }: Sorting,
  { column }: SortColumn,
  idColumn: string,
): string {
  const direction = isDescending ? 'desc' : 'asc';
  return `order by ${column} ${direction}, ${idColumn} ${direction}`;
}

export async function keysetPage<Row extends object>(
  query: KeysetQuery<Row>,
  session: SqlSession,
): Promise<KeysetPage<Row>> {
  const { cursor, digest, sortColumn, limit } = query;
  const after = cursor === null ? null : readCursor(cursor, digest, sortColumn.type);
  const rows = await rowsInOrder(query, after, session);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const isMore = rows.length > limit && last !== undefined;
  return { rows: page, nextCursor: isMore ? writeCursor(digest, query.endOf(last)) : null };
}

/**
 * A first part that does not fill the page finds little: those after it are asked two by two, so that one more
 * is asked for nothing at most.
 */
const PARTS_BESIDE = 2;

async function rowsInOrder<Row extends object>(
  query: KeysetQuery<Row>,
  after: PageEnd | null,
  session: SqlSession,
): Promise<Row[]> {
  const { conditions, limit } = query;
  const rows: Row[] = [];
  for (const parts of grouped(
    typeof conditions === 'function' ? conditions(after) : [conditions],
  )) {
    const lacking = limit + 1 - rows.length;
    const found = await Promise.all(
      parts.map((part) => rowsOf(query, part, after, lacking, session)),
    );
    rows.push(...found.flat());
    if (rows.length > limit) break;
  }
  return rows;
}

function* grouped(parts: Iterable<SqlConditions>): Generator<readonly SqlConditions[]> {
  let group: SqlConditions[] = [];
  let size = 1;
  for (const part of parts) {
    group.push(part);
    if (group.length < size) continue;
    yield group;
    group = [];
    size = PARTS_BESIDE;
  }
  if (group.length > 0) yield group;
}

function addEnd<Row>(
  { sorting, sortColumn, idColumn }: KeysetQuery<Row>,
  conditions: SqlConditions,
  after: PageEnd | null,
): void {
  if (after === null) return;
  const value = `${conditions.parameter(after.value)}::${sortColumn.type}`;
  const comparison = sorting.isDescending ? '<' : '>';
  conditions.add(
    `(${sortColumn.column}, ${idColumn}) ${comparison} (${value}, ${conditions.parameter(after.id)}::uuid)`,
  );
}

function rowsOf<Row extends object>(
  query: KeysetQuery<Row>,
  conditions: SqlConditions,
  after: PageEnd | null,
  limit: number,
  session: SqlSession,
): Promise<Row[]> {
  const { sorting, sortColumn, idColumn } = query;
  addEnd(query, conditions, after);
  return session.query<Row>(
    `select ${query.selection} from ${sourceOf(query, conditions, limit)}
     ${orderBy(sorting, sortColumn, idColumn)}
     limit ${limit}`,
    conditions.parameters,
  );
}

/**
 * Read in order they cost little more than a page. Were the planner asked for a page, it would take rows
 * that lie together for as many that lie everywhere, and read all that lies before them.
 */
const GUESSED_ROWS = 1000;

function sourceOf<Row>(query: KeysetQuery<Row>, conditions: SqlConditions, limit: number): string {
  const { table, branches = [], sorting, sortColumn, idColumn } = query;
  // The planner takes any order an index offers for a bargain; rows found first have none to offer.
  if (query.isSelective === true)
    return `(select * from ${table} where ${conditions.text} offset 0) found`;
  if (branches.length === 0 && query.isGuess === true)
    return `(with guessed as materialized (
      select * from ${table} where ${conditions.text}
      ${orderBy(sorting, sortColumn, idColumn)} limit ${Math.max(limit, GUESSED_ROWS)})
      select * from guessed) found`;
  if (branches.length === 0) return `${table} where ${conditions.text}`;
  const values = branches.map(
    ({ type, values: all }, index) =>
      `unnest(${conditions.parameter(all)}::${type}[]) branch_${index} (value)`,
  );
  const same = branches.map(({ column }, index) => `${column} = branch_${index}.value`);
  return `${values.join(' cross join ')} cross join lateral (
    select * from ${table} where ${[conditions.text, ...same].join(' and ')}
    ${orderBy(sorting, sortColumn, idColumn)} limit ${limit}) found`;
}
