import type { SqlSession } from '@encaisse/platform/postgres';
import { type PageEnd, readCursor, writeCursor } from './cursor';
import type { SortColumn, Sorting } from './sorting';
import type { SqlConditions } from './sql-conditions';

/** One page of a list read by key: as fast at the hundredth page as at the first. */
export type KeysetPage<Row> = { readonly rows: readonly Row[]; readonly nextCursor: string | null };

export type KeysetQuery<Row> = {
  readonly selection: string;
  readonly table: string;
  readonly conditions: SqlConditions;
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
  const { conditions, sorting, sortColumn, idColumn, limit } = query;
  if (query.cursor !== null) {
    const end = readCursor(query.cursor, query.digest, sortColumn.type);
    const value = `${conditions.parameter(end.value)}::${sortColumn.type}`;
    const comparison = sorting.isDescending ? '<' : '>';
    conditions.add(
      `(${sortColumn.column}, ${idColumn}) ${comparison} (${value}, ${conditions.parameter(end.id)}::uuid)`,
    );
  }
  const rows = await session.query<Row>(
    `select ${query.selection} from ${sourceOf(query)}
     ${orderBy(sorting, sortColumn, idColumn)}
     limit ${limit + 1}`,
    conditions.parameters,
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const isMore = rows.length > limit && last !== undefined;
  return {
    rows: page,
    nextCursor: isMore ? writeCursor(query.digest, query.endOf(last)) : null,
  };
}

function sourceOf<Row>(query: KeysetQuery<Row>): string {
  const { conditions, table, branches = [], sorting, sortColumn, idColumn, limit } = query;
  // The planner takes any order an index offers for a bargain; rows found first have none to offer.
  if (query.isSelective === true)
    return `(select * from ${table} where ${conditions.text} offset 0) found`;
  if (branches.length === 0) return `${table} where ${conditions.text}`;
  const values = branches.map(
    ({ type, values: all }, index) =>
      `unnest(${conditions.parameter(all)}::${type}[]) branch_${index} (value)`,
  );
  const same = branches.map(({ column }, index) => `${column} = branch_${index}.value`);
  return `${values.join(' cross join ')} cross join lateral (
    select * from ${table} where ${[conditions.text, ...same].join(' and ')}
    ${orderBy(sorting, sortColumn, idColumn)} limit ${limit + 1}) found`;
}
