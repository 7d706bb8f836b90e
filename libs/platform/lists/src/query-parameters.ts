import { readProblem } from './read-problems';

/** A query string as the HTTP server gives it: a text, or several when a name is repeated. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The values of a parameter, none when it is absent. An empty value is refused. */
export function valuesOf(query: Query, name: string): readonly string[] {
  const given = query[name];
  if (given === undefined) return [];
  const values = typeof given === 'string' ? [given] : given;
  if (values.some((value) => value.trim() === ''))
    throw readProblem('unknown-filter-value', name, 'must not be empty; leave the filter out');
  return values;
}

/** The one value of a parameter, null when it is absent. */
export function valueOf(query: Query, name: string): string | null {
  const values = valuesOf(query, name);
  if (values.length > 1) throw readProblem('unknown-filter-value', name, 'can be given once only');
  return values[0] ?? null;
}

/** The values of a parameter whose values are listed. */
export function listedValues<Value extends string>(
  query: Query,
  name: string,
  allowed: readonly Value[],
): readonly Value[] {
  return valuesOf(query, name).map((value) => {
    const found = allowed.find((one) => one === value);
    if (found === undefined)
      throw readProblem('unknown-filter-value', name, `must be one of ${allowed.join(', ')}`);
    return found;
  });
}

/** The values of a parameter that must have a certain form. */
export function formedValues(
  query: Query,
  name: string,
  form: RegExp,
  rule: string,
): readonly string[] {
  const values = valuesOf(query, name);
  if (!values.every((value) => form.test(value)))
    throw readProblem('unknown-filter-value', name, rule);
  return values;
}

/** Refuses parameters nobody knows: a misspelt filter must not widen a search. */
export function refuseUnknown(query: Query, known: readonly string[]): void {
  for (const name of Object.keys(query)) {
    if (!known.includes(name))
      throw readProblem('unknown-filter', name, `is not one of ${known.join(', ')}`);
  }
}

/** The page size, within its bounds. */
export function limitOf(query: Query, fallback: number, most: number): number {
  const text = valueOf(query, 'limit');
  if (text === null) return fallback;
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || limit > most)
    throw readProblem('invalid-limit', 'limit', `must be a whole number from 1 to ${most}`);
  return limit;
}
