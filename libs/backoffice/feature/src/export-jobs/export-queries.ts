import { Injectable } from '@nestjs/common';
import type { Export } from '@encaisse/backoffice/domain';
import { type Instant, isUuid } from '@encaisse/kernel';
import { type Caller, notFound } from '@encaisse/platform/http';
import { type KeysetPage, keysetPage, searchDigest, SqlConditions } from '@encaisse/platform/lists';
import { Database } from '@encaisse/platform/postgres';
import { BackofficeDirectory } from '../backoffice-directory';
import { EXPORTS_SCHEMA } from './exports.projection';

export type ExportRow = NonNullable<Export>;

const EXPORTS = `${EXPORTS_SCHEMA}.exports`;
const SELECTION = 'requested, finished, failed, is_expired as "isExpired"';

/** The exports of a caller: those asked for under the same login, at or below the present node. */
@Injectable()
export class ExportQueries {
  constructor(
    private readonly database: Database,
    private readonly directory: BackofficeDirectory,
  ) {}

  /** Throws one and the same problem for a missing export and a foreign one. */
  async visible(exportId: string, caller: Caller): Promise<ExportRow> {
    const conditions = this.ownOf(caller);
    const [row] = isUuid(exportId)
      ? await this.database.query<ExportRow>(
          `select ${SELECTION} from ${EXPORTS}
           where ${conditions.text} and export_id = ${conditions.parameter(exportId)}`,
          conditions.parameters,
        )
      : [];
    if (!row) throw notFound('export');
    return row;
  }

  /** Newest first. */
  recent(
    caller: Caller,
    { limit, cursor }: { readonly limit: number; readonly cursor: string | null },
  ): Promise<KeysetPage<ExportRow>> {
    const { environment, nodeId, actor } = caller;
    return keysetPage<ExportRow>(
      {
        selection: SELECTION,
        table: EXPORTS,
        conditions: this.ownOf(caller),
        idColumn: 'export_id',
        sorting: { by: 'requestedAt', isDescending: true },
        sortColumn: { column: 'requested_at', type: 'timestamptz' },
        limit,
        cursor,
        digest: searchDigest({ environment, nodeId, login: actor.login, list: 'exports' }),
        endOf: ({ requested }) => ({ value: requested.requestedAt, id: requested.exportId }),
      },
      this.database,
    );
  }

  /** Exports whose file is past its time and still there. */
  async expired(at: Instant): Promise<readonly ExportRow[]> {
    return this.database.query<ExportRow>(
      `select ${SELECTION} from ${EXPORTS} where not is_expired and expires_at <= $1`,
      [at],
    );
  }

  private ownOf({ environment, nodeId, actor }: Caller): SqlConditions {
    const conditions = new SqlConditions();
    conditions.addAny('environment', [environment]);
    conditions.addAny('login', [actor.login]);
    conditions.addAny('node_id', this.directory.nodesAtOrBelow(nodeId));
    return conditions;
  }
}
