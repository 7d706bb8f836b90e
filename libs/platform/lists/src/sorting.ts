import { readProblem } from './read-problems';
import { type Query, valueOf } from './query-parameters';

/** A column a list can be sorted by, and how its value is compared. */
export type SortColumn = { readonly column: string; readonly type: 'timestamptz' | 'bigint' };

export type Sorting<Name extends string = string> = {
  readonly by: Name;
  readonly isDescending: boolean;
};

/** Reads `sort` and `order`; newest first unless told otherwise (TRX-22). */
export function sortingOf<Name extends string>(
  query: Query,
  columns: Readonly<Record<Name, SortColumn>>,
  fallback: NoInfer<Name>,
): Sorting<Name> {
  const names = Object.keys(columns) as Name[];
  const asked = valueOf(query, 'sort');
  const by = asked === null ? fallback : names.find((name) => name === asked);
  if (by === undefined)
    throw readProblem(
      'not-sortable',
      'sort',
      `${asked ?? ''} cannot be sorted by; choose ${names.join(' or ')}`,
    );
  const order = valueOf(query, 'order') ?? 'desc';
  if (order !== 'asc' && order !== 'desc')
    throw readProblem('unknown-filter-value', 'order', 'must be asc or desc');
  return { by, isDescending: order === 'desc' };
}
