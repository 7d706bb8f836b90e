import { limitOf, type Query, refuseUnknown, valueOf } from './query-parameters';
import { readProblem } from './read-problems';

/** Which page of a list is asked for. */
export type PageRequest = { readonly limit: number; readonly cursor: string | null };

const PAGE_SIZE = 50;
const LARGEST_PAGE = 500;

/** The one value of each filter, null where left out. */
export function filtersOf<Filter extends string>(
  query: Query,
  filters: readonly Filter[],
): Readonly<Record<Filter, string | null>> {
  const values = filters.map((name) => [name, valueOf(query, name)] as const);
  return Object.fromEntries(values) as Record<Filter, string | null>;
}

/** The single-valued filters of a small list, null where left out, and the page asked for. */
export function readListQuery<Filter extends string>(
  query: Query,
  filters: readonly Filter[],
): { readonly filters: Readonly<Record<Filter, string | null>>; readonly page: PageRequest } {
  refuseUnknown(query, [...filters, 'limit', 'cursor']);
  return {
    filters: filtersOf(query, filters),
    page: { limit: limitOf(query, PAGE_SIZE, LARGEST_PAGE), cursor: valueOf(query, 'cursor') },
  };
}

const CURSOR_MARK = 'after:';

/**
 * One page of a list that a process holds in memory. Keys are unique texts; the cursor holds the last one
 * of the page, so that what is added or removed meanwhile neither repeats nor hides a row.
 */
export function pageOf<Item>(
  items: readonly Item[],
  { limit, cursor }: PageRequest,
  order: { readonly keyOf: (item: Item) => string; readonly isDescending?: boolean },
): { readonly items: readonly Item[]; readonly nextCursor: string | null } {
  const { keyOf, isDescending = false } = order;
  const direction = isDescending ? -1 : 1;
  const after = cursor === null ? null : keyIn(cursor);
  const sorted = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => after === null || direction * compare(key, after) > 0)
    .sort((left, right) => direction * compare(left.key, right.key));
  const page = sorted.slice(0, limit);
  const last = page.at(-1);
  const isMore = sorted.length > limit && last !== undefined;
  return {
    items: page.map(({ item }) => item),
    nextCursor: isMore ? Buffer.from(CURSOR_MARK + last.key).toString('base64url') : null,
  };
}

function keyIn(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!text.startsWith(CURSOR_MARK))
    throw readProblem('invalid-cursor', 'cursor', 'must be a nextCursor of this list');
  return text.slice(CURSOR_MARK.length);
}

/** By code units: the same order on every machine, whatever its language. */
function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
