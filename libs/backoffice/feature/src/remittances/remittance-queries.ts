import { Injectable } from '@nestjs/common';
import {
  type KeysetPage,
  keysetPage,
  searchDigest,
  type SortColumn,
  type Sorting,
  type SqlBranch,
  SqlConditions,
} from '@encaisse/platform/lists';
import { Database } from '@encaisse/platform/postgres';
import type { ReadScope } from '../backoffice-directory';
import { JOURNAL_ROWS, type JournalRow } from '../journal/journal-row';
import { addScope } from '../search/search-conditions';
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
    const isFew = isFoundFirst(search, sorting);
    const way = isFew ? { search, branches: [] } : branched(search);
    return keysetPage<RemittanceRow>(
      {
        selection: REMITTANCE_ROWS.selection,
        table: REMITTANCES,
        conditions: remittanceConditions(way.search),
        branches: way.branches,
        isSelective: isFew,
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

/** One contract has about a remittance a day: by total they are found first and sorted then. */
function isFoundFirst(search: RemittanceSearch, { by }: RemittanceSorting): boolean {
  const { remittanceNumbers, contractNumbers } = search;
  return by === 'totalAmount' && remittanceNumbers.length + contractNumbers.length > 0;
}

/** Filters with an index of their own, which to ask once per shop would cost as many times. */
function hasOwnIndex(search: RemittanceSearch): boolean {
  const { remittanceNumbers, contractNumbers, ranks, currencies } = search;
  return [remittanceNumbers, contractNumbers, ranks, currencies].some(({ length }) => length > 0);
}

/** More shops than this are read in the order of all shops: among them are busy ones. */
const SHOPS_READ_ONE_BY_ONE = 16;

/**
 * The remittances of a few shops are read shop by shop: how far they lie apart among those of all the
 * others then does not matter.
 */
function branched(search: RemittanceSearch): {
  readonly search: RemittanceSearch;
  readonly branches: readonly SqlBranch[];
} {
  const shopIds = search.scope.shopIds ?? [];
  const isFewShops = shopIds.length > 1 && shopIds.length <= SHOPS_READ_ONE_BY_ONE;
  if (!isFewShops || hasOwnIndex(search)) return { search, branches: [] };
  return {
    search: { ...search, scope: { ...search.scope, shopIds: null } },
    branches: [{ column: 'shop_id', type: 'uuid', values: shopIds }],
  };
}
