import { Injectable } from '@nestjs/common';
import { Database } from '@encaisse/platform/postgres';
import type { ReadScope } from '../backoffice-directory';
import { JOURNAL_ROWS, type JournalRow } from '../journal/journal-row';
import { searchDigest } from '../search/cursor';
import { type KeysetPage, keysetPage } from '../search/keyset-page';
import { addScope } from '../search/search-conditions';
import type { SortColumn, Sorting } from '../search/sorting';
import { SqlConditions } from '../search/sql-conditions';
import { type PageRequest, TRANSACTIONS } from '../transactions/transaction-queries';
import { TRANSACTION_SORT_COLUMNS } from '../transactions/transaction-queries';
import { REMITTANCE_ROWS, type RemittanceRow } from './remittance-row';
import { remittanceConditions, type RemittanceSearch } from './remittance-search';
import { REMITTANCES_SCHEMA } from './remittances.projection';

/** The columns remittances can be sorted by. */
export const REMITTANCE_SORT_COLUMNS = {
  createdAt: { column: 'created_at', type: 'timestamptz' },
  totalAmount: { column: 'total_minor', type: 'bigint' },
} as const satisfies Readonly<Record<string, SortColumn>>;
export type RemittanceSorting = Sorting<keyof typeof REMITTANCE_SORT_COLUMNS>;

/** The live table of remittances. */
export const REMITTANCES = `${REMITTANCES_SCHEMA}.${REMITTANCE_ROWS.name}`;

/** What is known of remittances. */
@Injectable()
export class RemittanceQueries {
  constructor(private readonly database: Database) {}

  /** One page of what a search finds. Throws the problem of a cursor that is not its own. */
  page(
    search: RemittanceSearch,
    request: {
      readonly sorting: RemittanceSorting;
      readonly limit: number;
      readonly cursor: string | null;
    },
  ): Promise<KeysetPage<RemittanceRow>> {
    const { sorting, limit, cursor } = request;
    const { environment, nodeId } = search.scope;
    return keysetPage<RemittanceRow>(
      {
        selection: REMITTANCE_ROWS.selection,
        table: REMITTANCES,
        conditions: remittanceConditions(search),
        idColumn: 'remittance_id',
        sorting,
        sortColumn: REMITTANCE_SORT_COLUMNS[sorting.by],
        limit,
        cursor,
        digest: searchDigest({ ...search, scope: { environment, nodeId }, sorting }),
        endOf: (row) => ({
          value: sorting.by === 'createdAt' ? row.createdAt : row.totalMinor,
          id: row.remittanceId,
        }),
      },
      this.database,
    );
  }

  /** A remittance of the scope; null for a foreign one, a missing one and one not built. */
  async find(remittanceId: string, scope: ReadScope): Promise<RemittanceRow | null> {
    const conditions = new SqlConditions();
    conditions.addAny('remittance_id', [remittanceId], 'uuid');
    addScope(conditions, scope);
    conditions.add('status is not null');
    const [row] = await this.database.query<RemittanceRow>(
      `select ${REMITTANCE_ROWS.selection} from ${REMITTANCES} where ${conditions.text}`,
      conditions.parameters,
    );
    return row ?? null;
  }

  /** The transactions of a remittance, those it rejected included (REM-11). */
  transactions(
    remittance: RemittanceRow,
    scope: ReadScope,
    { sorting, limit, cursor }: PageRequest,
  ): Promise<KeysetPage<JournalRow>> {
    const conditions = new SqlConditions();
    addScope(conditions, scope);
    const id = `${conditions.parameter(remittance.remittanceId)}::uuid`;
    // The number is what the index goes by; the id settles it.
    const number = conditions.parameter(remittance.remittanceNumber);
    conditions.add(
      `((remittance_number = ${number} and remittance_id = ${id}) or earlier_remittances @> array[${id}])`,
    );
    return keysetPage<JournalRow>(
      {
        selection: JOURNAL_ROWS.selection,
        table: TRANSACTIONS,
        conditions,
        idColumn: 'transaction_id',
        sorting,
        sortColumn: TRANSACTION_SORT_COLUMNS[sorting.by],
        limit,
        cursor,
        digest: searchDigest({ remittanceId: remittance.remittanceId, sorting }),
        endOf: (row) => ({
          value: sorting.by === 'createdAt' ? row.createdAt : row.initialMinor,
          id: row.transactionId,
        }),
      },
      this.database,
    );
  }
}
