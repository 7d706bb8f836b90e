import type { ApiKeyEvent } from '@encaisse/access/contract';
import type { SqlSession } from '@encaisse/platform/postgres';

/** Writes what happened to a key where `platform/access` reads it at every request. */
export async function applyToKey({ type, data }: ApiKeyEvent, session: SqlSession): Promise<void> {
  switch (type) {
    case 'ApiKeyCreated':
      await session.query(
        `insert into api_keys (key_id, label, node_id, environment, actions, created_by, created_at,
           expires_at, secret_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $1)`,
        [
          data.keyId,
          data.label,
          data.nodeId,
          data.environment,
          data.actions,
          data.createdBy,
          data.createdAt,
          data.expiresAt,
        ],
      );
      return;
    case 'ApiKeyRotated':
      await session.query(
        `update api_keys set former_secret_id = secret_id, former_valid_until = $3, secret_id = $2,
           rotated_at = $4
         where key_id = $1`,
        [data.keyId, data.rotationId, data.formerValidUntil, data.rotatedAt],
      );
      return;
    case 'ApiKeyRevoked':
      await session.query('update api_keys set revoked_at = $2 where key_id = $1', [
        data.keyId,
        data.revokedAt,
      ]);
      return;
  }
}
