import { createHash } from 'node:crypto';
import { canonicalJson, isUuid } from '@encaisse/kernel';
import { readProblem } from './read-problems';

/** Where a page ended: the value it is sorted by, and the row's id. */
export type PageEnd = { readonly value: string | number; readonly id: string };

/** What ties a cursor to its search: the filters, the node and the sorting. */
export function searchDigest(search: unknown): string {
  return createHash('sha256').update(canonicalJson(search)).digest('base64url').slice(0, 22);
}

export function writeCursor(digest: string, { value, id }: PageEnd): string {
  return Buffer.from(JSON.stringify([digest, value, id])).toString('base64url');
}

/** Reads a cursor back. Throws the problem of a text we did not write, or wrote for another search. */
export function readCursor(text: string, digest: string, type: 'timestamptz' | 'bigint'): PageEnd {
  const [ofSearch, value, id] = parse(text);
  const isValue =
    type === 'bigint'
      ? Number.isSafeInteger(value)
      : typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
  if (typeof ofSearch !== 'string' || typeof id !== 'string' || !isUuid(id))
    throw readProblem('invalid-cursor', 'cursor', 'must be a nextCursor of this list');
  if (ofSearch !== digest || !isValue)
    throw readProblem(
      'cursor-of-another-search',
      'cursor',
      'belongs to other filters or another sorting; begin again without it',
    );
  return { value: value as string | number, id };
}

function parse(text: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return Array.isArray(parts) && parts.length === 3 ? parts : [];
  } catch {
    return [];
  }
}
