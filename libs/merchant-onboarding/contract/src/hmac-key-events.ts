import type { Environment, Instant } from '@encaisse/kernel';

/** The category of the streams of keys: one for all the keys of a shop in one environment. */
export const HMAC_KEY_CATEGORY = 'onboarding.hmac_key';

/** A merchant's own key, or the temporary one of a prospect who tries the product (HMAC-16). */
export const HMAC_KEY_KINDS = ['MERCHANT', 'TRIAL'] as const;
export type HmacKeyKind = (typeof HMAC_KEY_KINDS)[number];

type KeyPlace = {
  readonly keyId: string;
  readonly shopId: string;
  readonly environment: Environment;
};

/** A key was derived. The key itself lies sealed in a vault; no event holds anything of it. */
export type HmacKeyCreated = {
  readonly type: 'HmacKeyCreated';
  readonly data: KeyPlace & {
    readonly kind: HmacKeyKind;
    /** When its link ends (HMAC-11); null for a trial key, which needs no confirmation. */
    readonly confirmableUntil: Instant | null;
    readonly createdAt: Instant;
  };
};

/** The key is in force from this instant on, and the former one is not (HMAC-11). */
export type HmacKeyActivated = {
  readonly type: 'HmacKeyActivated';
  readonly data: KeyPlace & {
    /** One year later for a merchant's key, 30 days later for a trial key. */
    readonly expiresAt: Instant;
    readonly activatedAt: Instant;
  };
};

/** The first message was authenticated with the key (HMAC-13). */
export type HmacKeyFirstUsed = {
  readonly type: 'HmacKeyFirstUsed';
  readonly data: KeyPlace & { readonly usedAt: Instant };
};

/** The key has come to its date and its merchant is warned; only a trial key stops (HMAC-12, HMAC-16). */
export type HmacKeyExpired = {
  readonly type: 'HmacKeyExpired';
  readonly data: KeyPlace & { readonly expiredAt: Instant };
};

/** Another key took its place. */
export type HmacKeySuperseded = {
  readonly type: 'HmacKeySuperseded';
  readonly data: KeyPlace & { readonly byKeyId: string; readonly supersededAt: Instant };
};

/** It was never confirmed: its link ended, or a newer key was made. */
export type HmacKeyDiscarded = {
  readonly type: 'HmacKeyDiscarded';
  readonly data: KeyPlace & {
    readonly reason: 'LINK_ENDED' | 'NEWER_KEY';
    readonly discardedAt: Instant;
  };
};

export type HmacKeyEvent =
  | HmacKeyCreated
  | HmacKeyActivated
  | HmacKeyFirstUsed
  | HmacKeyExpired
  | HmacKeySuperseded
  | HmacKeyDiscarded;
