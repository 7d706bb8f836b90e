import {
  accept,
  type Decision,
  type Environment,
  type Instant,
  plusMillis,
  refuse,
} from '@encaisse/kernel';
import type { ApiKeyCreated, ApiKeyRevoked, ApiKeyRotated } from '@encaisse/access/contract';
import type { ApiKey } from './api-key';

/** Creates a key for a machine. */
export type CreateApiKey = {
  readonly keyId: string;
  readonly label: string;
  readonly nodeId: string;
  readonly environment: Environment;
  readonly actions: readonly string[];
  readonly createdBy: string;
  readonly expiresAt: Instant | null;
  /** What whoever creates it may allow a machine. */
  readonly grantable: ReadonlySet<string>;
  readonly at: Instant;
};

/** Why a key is not created or changed. When several reasons apply, the first one listed is given. */
export type ApiKeyRefusal =
  | { readonly code: 'api-key-unknown' }
  | { readonly code: 'id-reused' }
  | { readonly code: 'api-key-revoked' }
  | { readonly code: 'action-not-grantable'; readonly action: string }
  | { readonly code: 'expiry-past' };

export function createApiKey(
  { grantable, at, ...key }: CreateApiKey,
  state: ApiKey,
): Decision<ApiKeyCreated, ApiKeyRefusal> {
  if (state.status !== 'unknown')
    return isSameKey(key, state) ? accept() : refuse({ code: 'id-reused' });
  const refusal = notGrantable(key.actions, grantable);
  if (refusal) return refuse(refusal);
  if (key.expiresAt !== null && key.expiresAt <= at) return refuse({ code: 'expiry-past' });
  return accept({ type: 'ApiKeyCreated', data: { ...key, createdAt: at } });
}

/** Gives a key a new secret; the former goes on for the overlap. */
export type RotateApiKey = {
  readonly rotationId: string;
  readonly overlapMillis: number;
  /** Whoever gets the secret can do what the key can, so they must be able to allow all of it. */
  readonly grantable: ReadonlySet<string>;
  readonly at: Instant;
};

export function rotateApiKey(
  { rotationId, overlapMillis, grantable, at }: RotateApiKey,
  state: ApiKey,
): Decision<ApiKeyRotated, ApiKeyRefusal> {
  if (state.status === 'unknown') return refuse({ code: 'api-key-unknown' });
  const earlier = state.rotations[rotationId];
  if (earlier)
    return earlier.overlapMillis === overlapMillis ? accept() : refuse({ code: 'id-reused' });
  if (state.status === 'revoked') return refuse({ code: 'api-key-revoked' });
  const refusal = notGrantable(state.actions, grantable);
  if (refusal) return refuse(refusal);
  const { keyId } = state;
  const formerValidUntil = plusMillis(at, overlapMillis);
  return accept({
    type: 'ApiKeyRotated',
    data: { keyId, rotationId, formerValidUntil, rotatedAt: at },
  });
}

/** Closes a key for good. A second time changes nothing. */
export function revokeApiKey(
  { at }: { readonly at: Instant },
  state: ApiKey,
): Decision<ApiKeyRevoked, ApiKeyRefusal> {
  if (state.status === 'unknown') return refuse({ code: 'api-key-unknown' });
  if (state.status === 'revoked') return accept();
  return accept({ type: 'ApiKeyRevoked', data: { keyId: state.keyId, revokedAt: at } });
}

function notGrantable(actions: readonly string[], grantable: ReadonlySet<string>) {
  const action = actions.find((one) => !grantable.has(one));
  return action === undefined ? null : ({ code: 'action-not-grantable', action } as const);
}

function isSameKey(
  wanted: Omit<CreateApiKey, 'grantable' | 'at'>,
  known: Exclude<ApiKey, { status: 'unknown' }>,
): boolean {
  return (
    wanted.label === known.label &&
    wanted.nodeId === known.nodeId &&
    wanted.environment === known.environment &&
    wanted.createdBy === known.createdBy &&
    wanted.expiresAt === known.expiresAt &&
    [...wanted.actions].sort().join(' ') === [...known.actions].sort().join(' ')
  );
}
