import type { StreamType } from '@encaisse/kernel';
import { epochMillis, invariant } from '@encaisse/kernel';
import { API_KEY_CATEGORY, type ApiKeyCreated, type ApiKeyEvent } from '@encaisse/access/contract';

/** A key of a machine, as decisions need it. */
export type ApiKey =
  | { readonly status: 'unknown' }
  | (Omit<ApiKeyCreated['data'], 'createdAt'> & {
      readonly status: 'active' | 'revoked';
      /** What each rotation said of the former secret. */
      readonly rotations: Readonly<Record<string, Rotation>>;
    });

/** How long the former secret went on, in milliseconds. */
export type Rotation = { readonly overlapMillis: number };

export const apiKeyStream: StreamType<ApiKey, ApiKeyEvent> = {
  category: API_KEY_CATEGORY,
  initial: { status: 'unknown' },
  schemaVersions: { ApiKeyCreated: 1, ApiKeyRotated: 1, ApiKeyRevoked: 1 },
  evolve(state, event) {
    if (event.type === 'ApiKeyCreated') {
      const { createdAt: _, ...key } = event.data;
      return { ...key, status: 'active', rotations: {} };
    }
    invariant(state.status !== 'unknown', 'a key is created before anything else');
    if (event.type === 'ApiKeyRevoked') return { ...state, status: 'revoked' };
    const { rotationId, rotatedAt, formerValidUntil } = event.data;
    const overlapMillis = epochMillis(formerValidUntil) - epochMillis(rotatedAt);
    return { ...state, rotations: { ...state.rotations, [rotationId]: { overlapMillis } } };
  },
};
