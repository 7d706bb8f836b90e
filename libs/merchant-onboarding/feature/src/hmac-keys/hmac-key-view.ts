import type { Instant } from '@encaisse/kernel';
import { type HmacKey, isInForce } from '@encaisse/merchant-onboarding/domain';

/** A key as lists show it: everything but the key, which nobody is ever shown again (HMAC-09). */
export function hmacKeyView(key: HmacKey, now: Instant) {
  const { keyId, kind, status, createdAt, confirmableUntil, ...dates } = key;
  const { activatedAt, usedAt, expiresAt, endedAt } = dates;
  const isOver = status === 'SUPERSEDED' || status === 'DISCARDED';
  return {
    keyId,
    kind,
    status,
    createdAt,
    confirmableUntil,
    activatedAt,
    usedAt,
    expiresAt,
    endedAt,
    isInForce: isInForce(key, now),
    isExpired: !isOver && expiresAt !== null && now >= expiresAt,
  };
}
