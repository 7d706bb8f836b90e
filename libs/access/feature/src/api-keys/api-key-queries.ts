import { Injectable } from '@nestjs/common';
import type { Environment, Instant } from '@encaisse/kernel';
import type { Action } from '@encaisse/platform/access';
import { type Caller, notFound, ROOT_NODE } from '@encaisse/platform/http';
import { type KeysetPage, keysetPage, searchDigest, SqlConditions } from '@encaisse/platform/lists';
import { Database, instantText } from '@encaisse/platform/postgres';
import { AccessDirectory } from '../access-directory';

const SELECTION = `key_id as "keyId", label, node_id as "nodeId", environment, actions,
  created_by as "createdBy", ${instantText('created_at')} as "createdAt", ${instantText('expires_at')} as "expiresAt",
  ${instantText('rotated_at')} as "rotatedAt", ${instantText('former_valid_until')} as "formerSecretValidUntil",
  ${instantText('revoked_at')} as "revokedAt"`;
const API_KEYS = 'access_users.api_keys';

export type ApiKeyRow = {
  readonly keyId: string;
  readonly label: string;
  readonly nodeId: string;
  readonly environment: Environment;
  readonly actions: readonly Action[];
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
  readonly rotatedAt: Instant | null;
  readonly formerSecretValidUntil: Instant | null;
  readonly revokedAt: Instant | null;
};

/** Keys of a node and below, in the environment that the caller looks at. */
@Injectable()
export class ApiKeyQueries {
  constructor(
    private readonly database: Database,
    private readonly directory: AccessDirectory,
  ) {}

  list(
    { nodeId, environment }: Pick<Caller, 'nodeId' | 'environment'>,
    limit: number,
    cursor: string | null,
  ): Promise<KeysetPage<ApiKeyRow>> {
    const conditions = new SqlConditions();
    conditions.addAny('environment', [environment]);
    if (nodeId !== ROOT_NODE)
      conditions.add(
        `node_id = any(${conditions.parameter(this.directory.nodesAtOrBelow(nodeId))}::text[])`,
      );
    return keysetPage<ApiKeyRow>(
      {
        selection: SELECTION,
        table: API_KEYS,
        conditions,
        idColumn: 'key_id',
        sorting: { by: 'createdAt', isDescending: true },
        sortColumn: { column: 'created_at', type: 'timestamptz' },
        limit,
        cursor,
        digest: searchDigest({ list: 'api-keys', nodeId, environment }),
        endOf: ({ createdAt, keyId }) => ({ value: createdAt, id: keyId }),
      },
      this.database,
    );
  }

  /** A key that the caller can see; one and the same answer for a foreign and a missing one. */
  async visible(keyId: string, caller: Caller): Promise<ApiKeyRow> {
    const [row] = await this.database.query<ApiKeyRow>(
      `select ${SELECTION} from ${API_KEYS} where key_id::text = $1 and environment = $2`,
      [keyId, caller.environment],
    );
    if (!row || !this.directory.isAtOrBelow(row.nodeId, caller.nodeId)) throw notFound('API key');
    return row;
  }
}
