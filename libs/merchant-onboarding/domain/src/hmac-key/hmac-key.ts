import { type Environment, type Instant, invariant, type StreamType } from '@encaisse/kernel';
import {
  HMAC_KEY_CATEGORY,
  type HmacKeyCreated,
  type HmacKeyEvent,
  type HmacKeyKind,
} from '@encaisse/merchant-onboarding/contract';

/** Where a key stands; the first three are the labels « Créée », « Activée », « Utilisée » (HMAC-13). */
export type HmacKeyStatus = 'CREATED' | 'ACTIVATED' | 'USED' | 'SUPERSEDED' | 'DISCARDED';

/** One key, as decisions and lists need it. */
export type HmacKey = {
  readonly keyId: string;
  readonly shopId: string;
  readonly environment: Environment;
  readonly kind: HmacKeyKind;
  readonly status: HmacKeyStatus;
  readonly createdAt: Instant;
  readonly confirmableUntil: Instant | null;
  readonly activatedAt: Instant | null;
  readonly usedAt: Instant | null;
  readonly expiresAt: Instant | null;
  /** Its date has come; a merchant's key works on all the same. */
  readonly isExpired: boolean;
  /** When it was superseded or discarded. */
  readonly endedAt: Instant | null;
};

/** The keys of one shop in one environment, in the order they were made. */
export type HmacKeys = { readonly keys: readonly HmacKey[] };

export const hmacKeyStream: StreamType<HmacKeys, HmacKeyEvent> = {
  category: HMAC_KEY_CATEGORY,
  initial: { keys: [] },
  schemaVersions: {
    HmacKeyCreated: 1,
    HmacKeyActivated: 1,
    HmacKeyFirstUsed: 1,
    HmacKeyExpired: 1,
    HmacKeySuperseded: 1,
    HmacKeyDiscarded: 1,
  },
  evolve({ keys }, event) {
    if (event.type === 'HmacKeyCreated') return { keys: [...keys, newKey(event.data)] };
    const { keyId } = event.data;
    invariant(
      keys.some((key) => key.keyId === keyId),
      'a key is created before anything else',
    );
    return { keys: keys.map((key) => (key.keyId === keyId ? changed(key, event) : key)) };
  },
};

function newKey(data: HmacKeyCreated['data']): HmacKey {
  const nothing = { activatedAt: null, usedAt: null, expiresAt: null, endedAt: null };
  return { ...data, ...nothing, status: 'CREATED', isExpired: false };
}

function changed(key: HmacKey, event: Exclude<HmacKeyEvent, HmacKeyCreated>): HmacKey {
  switch (event.type) {
    case 'HmacKeyActivated': {
      const { activatedAt, expiresAt } = event.data;
      return { ...key, status: 'ACTIVATED', activatedAt, expiresAt };
    }
    case 'HmacKeyFirstUsed':
      return { ...key, status: 'USED', usedAt: event.data.usedAt };
    case 'HmacKeyExpired':
      return { ...key, isExpired: true };
    case 'HmacKeySuperseded':
      return { ...key, status: 'SUPERSEDED', endedAt: event.data.supersededAt };
    case 'HmacKeyDiscarded':
      return { ...key, status: 'DISCARDED', endedAt: event.data.discardedAt };
  }
}

/** The key in force: a message is authenticated with it and no other. Undefined when there is none. */
export function keyInForce({ keys }: HmacKeys, at: Instant): HmacKey | undefined {
  return keys.find((key) => isInForce(key, at));
}

/** A trial key stops at its end (HMAC-16), a merchant's works on (HMAC-12). */
export function isInForce(key: HmacKey, at: Instant): boolean {
  if (key.status !== 'ACTIVATED' && key.status !== 'USED') return false;
  return key.kind === 'MERCHANT' || key.expiresAt === null || at < key.expiresAt;
}
