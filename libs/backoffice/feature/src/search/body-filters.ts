import { type FieldError, invalidRequest, Problem } from '@encaisse/platform/http';
import type { Query } from '@encaisse/platform/lists';

/** Filters of a body as a query holds them. Throws the problem of what is no text. */
export function queryOfBody(filters: Readonly<Record<string, unknown>>): Query {
  const isText = (value: unknown) => typeof value === 'string';
  const errors = Object.entries(filters)
    .filter(([, value]) => !(Array.isArray(value) ? value.every(isText) : isText(value)))
    .map(([name]) => ({ pointer: `/search/${name}`, detail: 'must be a text or a list of texts' }));
  if (errors.length > 0) throw invalidRequest(errors);
  return filters as Query;
}

/**
 * The rules of filters name query parameters; here they are members of the body, in `search` unless
 * they are told to stand beside it.
 */
export function readInBody<Result>(read: () => Result, beside: readonly string[] = []): Result {
  try {
    return read();
  } catch (error) {
    const { errors } = error instanceof Problem ? error.members : {};
    if (!(error instanceof Problem) || !Array.isArray(errors)) throw error;
    const moved = (text: string) =>
      text.replace(/^query\/(\w+)/, (_, name: string) =>
        beside.includes(name) ? `/${name}` : `/search/${name}`,
      );
    throw new Problem(error.code, error.kind, moved(error.detail), {
      errors: (errors as FieldError[]).map(({ pointer, detail }) => ({
        pointer: moved(pointer),
        detail,
      })),
    });
  }
}
