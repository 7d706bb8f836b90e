import { accept, type Decision, type Instant, instant, refuse } from '@encaisse/kernel';
import type { HmacKeyEvent } from '@encaisse/merchant-onboarding/contract';
import { type HmacKey, type HmacKeys, isInForce } from './hmac-key';

type About = { readonly keyId: string; readonly at: Instant };

/** Why a key is not confirmed. When several reasons apply, the first one listed is given. */
export type ConfirmHmacKeyRefusal =
  | { readonly code: 'key-link-unknown' }
  | { readonly code: 'key-link-used' }
  | { readonly code: 'key-link-ended' };

/** Puts a key in force at once; the one before stops at the same instant (HMAC-11). */
export function confirmHmacKey(
  { keyId, at }: About,
  { keys }: HmacKeys,
): Decision<HmacKeyEvent, ConfirmHmacKeyRefusal> {
  const key = keys.find((one) => one.keyId === keyId);
  if (key === undefined) return refuse({ code: 'key-link-unknown' });
  if (key.status === 'DISCARDED') return refuse({ code: 'key-link-ended' });
  if (key.status !== 'CREATED') return refuse({ code: 'key-link-used' });
  if (key.confirmableUntil === null || at >= key.confirmableUntil)
    return refuse({ code: 'key-link-ended' });
  const superseded = keys
    .filter(({ status }) => status === 'ACTIVATED' || status === 'USED')
    .map((former): HmacKeyEvent => {
      const data = { ...placeOf(former), byKeyId: keyId, supersededAt: at };
      return { type: 'HmacKeySuperseded', data };
    });
  const data = { ...placeOf(key), expiresAt: oneYearAfter(at), activatedAt: at };
  return accept(...superseded, { type: 'HmacKeyActivated', data });
}

/** Tells once that a message was authenticated with a key; nothing when it was told, or is out of force. */
export function useHmacKey(
  { keyId, at }: About,
  { keys }: HmacKeys,
): Decision<HmacKeyEvent, never> {
  const key = keys.find((one) => one.keyId === keyId);
  if (key?.status !== 'ACTIVATED' || !isInForce(key, at)) return accept();
  return accept({ type: 'HmacKeyFirstUsed', data: { ...placeOf(key), usedAt: at } });
}

/** Tells of the keys whose date has come, and gives up those whose link has ended. */
export function expireHmacKeys(at: Instant, { keys }: HmacKeys): Decision<HmacKeyEvent, never> {
  return accept(...keys.flatMap((key) => expiryOf(key, at)));
}

/** When `expireHmacKeys` next has something to tell of a key; null when it never has. */
export function nextExpiryOf(key: HmacKey): Instant | null {
  if (key.status === 'CREATED') return key.confirmableUntil;
  const isWaiting = (key.status === 'ACTIVATED' || key.status === 'USED') && !key.isExpired;
  return isWaiting ? key.expiresAt : null;
}

function expiryOf(key: HmacKey, at: Instant): HmacKeyEvent[] {
  const due = nextExpiryOf(key);
  if (due === null || at < due) return [];
  const place = placeOf(key);
  return key.status === 'CREATED'
    ? [{ type: 'HmacKeyDiscarded', data: { ...place, reason: 'LINK_ENDED', discardedAt: at } }]
    : [{ type: 'HmacKeyExpired', data: { ...place, expiredAt: at } }];
}

function placeOf({ keyId, shopId, environment }: HmacKey) {
  return { keyId, shopId, environment };
}

/** The same day and time of the next year; the last of February for its 29th. */
function oneYearAfter(at: Instant): Instant {
  const year = String(Number(at.slice(0, 4)) + 1).padStart(4, '0');
  return instant(`${year}${at.slice(4)}`.replace(/^(\d{4})-02-29/, '$1-02-28'));
}
