import { createHash } from 'node:crypto';
import { isUuidV7 } from '@encaisse/kernel';
import type { Caller } from './caller';
import { invalidRequest } from './problem';

const KEY_LIMIT = 255;

/**
 * The id of a command: the body's `id` (UUIDv7), or one derived from the `Idempotency-Key` header, the
 * caller and the route, so that a retry meets its first try. One of the two is needed.
 */
export function commandId(
  bodyId: string | undefined,
  idempotencyKey: string | undefined,
  caller: Caller,
  route: string,
): string {
  if (bodyId !== undefined) {
    if (!isUuidV7(bodyId))
      throw invalidRequest([{ pointer: '/id', detail: 'must be a lower-case UUID of version 7' }]);
    return bodyId;
  }
  if (idempotencyKey === undefined || idempotencyKey === '')
    throw invalidRequest([
      { pointer: '/id', detail: 'send a UUIDv7 as id, or an Idempotency-Key header' },
    ]);
  if (idempotencyKey.length > KEY_LIMIT)
    throw invalidRequest([
      { pointer: 'header/Idempotency-Key', detail: `at most ${KEY_LIMIT} characters` },
    ]);
  return derivedUuid(`${caller.nodeId}|${caller.actor.login}|${route}|${idempotencyKey}`);
}

/** A UUID of version 8 (RFC 9562 §5.8) made of the SHA-256 of a text: same text, same id. */
export function derivedUuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
