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
    `select ${query.selection} from ${query.table}
     where ${conditions.text}
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
