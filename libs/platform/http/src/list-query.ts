import { type FieldError, Problem, problems } from './problem';

/** Why a list is refused, each naming the parameter and the rule. */
export const LIST_PROBLEMS = problems({
  'unknown-filter': { status: 400, title: 'The request has a filter nobody knows' },
  'unknown-filter-value': { status: 400, title: 'A filter has a value that does not exist' },
  'invalid-limit': { status: 400, title: 'The page size is out of range' },
  'invalid-cursor': { status: 400, title: 'The cursor was not given by this product' },
});

/** The problem of one parameter of a list. */
export function listProblem(
  code: keyof typeof LIST_PROBLEMS,
  parameter: string,
  rule: string,
): Problem {
  const errors: FieldError[] = [{ pointer: `query/${parameter}`, detail: rule }];
  return new Problem(code, LIST_PROBLEMS[code], `query/${parameter}: ${rule}`, { errors });
}

/** A query string as the HTTP server gives it: a text, or several when a name is repeated. */
export type ListQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Which page of a list is asked for. */
export type PageRequest = { readonly limit: number; readonly cursor: string | null };

const PAGE_SIZE = 50;
const LARGEST_PAGE = 500;

/**
 * The filters of a small list and the page asked for; a filter left out is null. Throws the problem of
 * the first parameter that is unknown, empty or repeated: a misspelt filter must not widen a list.
 */
export function readListQuery<Filter extends string>(
  query: ListQuery,
  filters: readonly Filter[],
): { readonly filters: Readonly<Record<Filter, string | null>>; readonly page: PageRequest } {
  const known = [...filters, 'limit', 'cursor'];
  for (const name of Object.keys(query))
    if (!known.includes(name))
      throw listProblem('unknown-filter', name, `is not one of ${known.join(', ')}`);
  const values = filters.map((name) => [name, valueOf(query, name)] as const);
  return {
    filters: Object.fromEntries(values) as Record<Filter, string | null>,
    page: { limit: limitOf(query), cursor: valueOf(query, 'cursor') },
  };
}

function valueOf(query: ListQuery, name: string): string | null {
  const given = query[name];
  if (given === undefined) return null;
  if (typeof given !== 'string')
    throw listProblem('unknown-filter-value', name, 'can be given once only');
  if (given.trim() === '')
    throw listProblem('unknown-filter-value', name, 'must not be empty; leave the filter out');
  return given;
}

function limitOf(query: ListQuery): number {
  const text = valueOf(query, 'limit');
  const limit = Number(text ?? PAGE_SIZE);
  if ((text !== null && !/^\d+$/.test(text)) || limit < 1 || limit > LARGEST_PAGE)
    throw listProblem('invalid-limit', 'limit', `must be a whole number from 1 to ${LARGEST_PAGE}`);
  return limit;
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
    throw listProblem('invalid-cursor', 'cursor', 'must be a nextCursor of this list');
  return text.slice(CURSOR_MARK.length);
}

/** By code units: the same order on every machine, whatever its language. */
function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
