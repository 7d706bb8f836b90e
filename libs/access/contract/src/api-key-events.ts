import type { Environment, Instant } from '@encaisse/kernel';

export const API_KEY_CATEGORY = 'access.api_key';

/** A key for a machine. Its secret is nowhere: a digest is kept beside the log. */
export type ApiKeyCreated = {
  readonly type: 'ApiKeyCreated';
  readonly data: {
    readonly keyId: string;
    readonly label: string;
    /** The node the key sees, with all below it. */
    readonly nodeId: string;
    readonly environment: Environment;
    readonly actions: readonly string[];
    /** Login of whoever created it. */
    readonly createdBy: string;
    /** Null for a key that does not expire. */
    readonly expiresAt: Instant | null;
    readonly createdAt: Instant;
  };
};

/** The key has a new secret, named by the rotation; the one before goes on until then. */
export type ApiKeyRotated = {
  readonly type: 'ApiKeyRotated';
  readonly data: {
    readonly keyId: string;
    readonly rotationId: string;
    readonly formerValidUntil: Instant;
    readonly rotatedAt: Instant;
  };
};

/** The key and all tokens given for it open nothing any more. */
export type ApiKeyRevoked = {
  readonly type: 'ApiKeyRevoked';
  readonly data: { readonly keyId: string; readonly revokedAt: Instant };
};

export type ApiKeyEvent = ApiKeyCreated | ApiKeyRotated | ApiKeyRevoked;
