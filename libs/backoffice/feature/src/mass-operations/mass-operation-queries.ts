import { Injectable } from '@nestjs/common';
import type { MassOperationKind, MassTotal } from '@encaisse/backoffice/contract';
import type { MassOperationResult } from '@encaisse/cashdesk/contract';
import type { Currency, Environment, Instant } from '@encaisse/kernel';
import { type Caller, notFound } from '@encaisse/platform/http';
import { keysetPage, type KeysetPage, searchDigest, SqlConditions } from '@encaisse/platform/lists';
import { Database, instantText } from '@encaisse/platform/postgres';
import { BackofficeDirectory } from '../backoffice-directory';
import { TRANSACTIONS } from '../transactions/transaction-queries';
import { MASS_OPERATIONS_SCHEMA } from './mass-operations.projection';

/** How far a mass operation is. */
export type MassOperationRow = {
  readonly massOperationId: string;
  readonly operation: MassOperationKind;
  readonly nodeId: string;
  readonly environment: Environment;
  readonly login: string;
  readonly count: number;
  readonly totals: readonly MassTotal[];
  readonly done: number;
  readonly skipped: number;
  readonly requestedAt: Instant;
  readonly finishedAt: Instant | null;
};

/** What became of one transaction, and what it is today; nulls while the journal does not have it. */
export type ReportRow = MassOperationResult & {
  readonly ordinal: number;
  readonly transactionNumber: string | null;
  readonly orderReference: string | null;
  readonly currency: Currency | null;
  readonly initialMinor: number | null;
  readonly currentMinor: number | null;
};

export type PageOf = { readonly limit: number; readonly cursor: string | null };

const OPERATIONS = `${MASS_OPERATIONS_SCHEMA}.operations`;
const OPERATION = `mass_operation_id as "massOperationId", operation, node_id as "nodeId",
  environment, login, count, totals, done, skipped, ${instantText('requested_at')} as "requestedAt",
  ${instantText('finished_at')} as "finishedAt"`;
const LINE = `ordinal, transaction_id as "transactionId", outcome, code, facts,
  transaction_number as "transactionNumber", order_reference as "orderReference", currency,
  initial_minor as "initialMinor", current_minor as "currentMinor"`;

/** What the read model of mass operations answers. */
@Injectable()
export class MassOperationQueries {
  constructor(
    private readonly database: Database,
    private readonly directory: BackofficeDirectory,
  ) {}

  /** Throws one and the same problem for a missing mass operation and a foreign one. */
  async visible(massOperationId: string, caller: Caller): Promise<MassOperationRow> {
    const [row] = await this.database.query<MassOperationRow>(
      `select ${OPERATION} from ${OPERATIONS} where mass_operation_id = $1 and environment = $2`,
      [massOperationId, caller.environment],
    );
    const isVisible = row && this.directory.current.isAtOrBelow(row.nodeId, caller.nodeId);
    if (!isVisible) throw notFound('mass operation');
    return row;
  }

  /** The mass operations of the caller's own node, newest first. */
  recent(
    { nodeId, environment }: Caller,
    { limit, cursor }: PageOf,
  ): Promise<KeysetPage<MassOperationRow>> {
    const conditions = new SqlConditions();
    conditions.addAny('environment', [environment]);
    conditions.addAny('node_id', [nodeId]);
    return keysetPage<MassOperationRow>(
      {
        selection: OPERATION,
        table: OPERATIONS,
        conditions,
        idColumn: 'mass_operation_id',
        sorting: { by: 'requestedAt', isDescending: true },
        sortColumn: { column: 'requested_at', type: 'timestamptz' },
        limit,
        cursor,
        digest: searchDigest({ nodeId, environment, list: 'mass operations' }),
        endOf: ({ requestedAt, massOperationId }) => ({ value: requestedAt, id: massOperationId }),
      },
      this.database,
    );
  }

  /** What was done so far, in the order it was done. */
  report(
    massOperationId: string,
    outcome: MassOperationResult['outcome'] | null,
    { limit, cursor }: PageOf,
  ): Promise<KeysetPage<ReportRow>> {
    const conditions = new SqlConditions();
    conditions.addAny('mass_operation_id', [massOperationId], 'uuid');
    if (outcome !== null) conditions.addAny('outcome', [outcome]);
    return keysetPage<ReportRow>(
      {
        selection: LINE,
        table: `${MASS_OPERATIONS_SCHEMA}.lines left join ${TRANSACTIONS} using (transaction_id)`,
        conditions,
        idColumn: 'transaction_id',
        sorting: { by: 'ordinal', isDescending: false },
        sortColumn: { column: 'ordinal', type: 'bigint' },
        limit,
        cursor,
        digest: searchDigest({ massOperationId, outcome }),
        endOf: ({ ordinal, transactionId }) => ({ value: ordinal, id: transactionId }),
      },
      this.database,
    );
  }
}
