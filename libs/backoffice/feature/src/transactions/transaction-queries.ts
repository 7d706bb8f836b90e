import { Injectable } from '@nestjs/common';
import type { Currency } from '@encaisse/kernel';
import { ALLOWED_TRIPLES } from '@encaisse/ledger/domain';
import { Database } from '@encaisse/platform/postgres';
import type { ReadScope } from '../backoffice-directory';
import { JOURNAL_SCHEMA } from '../journal/journal.projection';
import { type JournalRow, JOURNAL_ROWS } from '../journal/journal-row';
import { searchDigest } from '../search/cursor';
import { type KeysetPage, keysetPage, type SqlBranches } from '../search/keyset-page';
import { isExact } from '../search/like-pattern';
import { addScope, searchConditions } from '../search/search-conditions';
import type { SortColumn, Sorting } from '../search/sorting';
import { SqlConditions } from '../search/sql-conditions';
import type { TransactionSearch } from '../search/transaction-search';

/** The columns the journal can be sorted by. */
export const TRANSACTION_SORT_COLUMNS = {
  createdAt: { column: 'created_at', type: 'timestamptz' },
  initialAmount: { column: 'initial_minor', type: 'bigint' },
} as const satisfies Readonly<Record<string, SortColumn>>;
export type TransactionSorting = Sorting<keyof typeof TRANSACTION_SORT_COLUMNS>;

/** The live table of the journal. */
export const TRANSACTIONS = `${JOURNAL_SCHEMA}.${JOURNAL_ROWS.name}`;

/** How many transactions a search finds, with the sums of each currency. */
export type SearchTotals = {
  readonly count: number;
  readonly currencies: readonly {
    readonly currency: Currency;
    readonly count: number;
    readonly initialMinor: number;
    readonly currentMinor: number;
  }[];
};

export type PageRequest = {
  readonly sorting: TransactionSorting;
  readonly limit: number;
  readonly cursor: string | null;
};

/** What the journal answers. */
@Injectable()
export class TransactionQueries {
  constructor(private readonly database: Database) {}

  /** One page of what a search finds. Throws the problem of a cursor that is not its own. */
  page(
    search: TransactionSearch,
    { sorting, limit, cursor }: PageRequest,
  ): Promise<KeysetPage<JournalRow>> {
    const { environment, nodeId } = search.scope;
    const isByAmount = sorting.by === 'initialAmount';
    const isFew = isByAmount && isSelective(search);
    const branches = isByAmount && !isFew ? combinationBranches(search) : null;
    return keysetPage<JournalRow>(
      {
        selection: JOURNAL_ROWS.selection,
        table: TRANSACTIONS,
        conditions: searchConditions(branches ? { ...search, combinations: null } : search),
        branches,
        idColumn: 'transaction_id',
        sorting,
        sortColumn: TRANSACTION_SORT_COLUMNS[sorting.by],
        limit,
        cursor,
        isSelective: isFew,
        digest: searchDigest({ ...search, scope: { environment, nodeId }, sorting }),
        endOf: (row) => ({
          value: sorting.by === 'createdAt' ? row.createdAt : row.initialMinor,
          id: row.transactionId,
        }),
      },
      this.database,
    );
  }

  /** Number and sums of all a search finds; as slow as the rows are many. */
  async totals(search: TransactionSearch): Promise<SearchTotals> {
    const conditions = searchConditions(search);
    const currencies = await this.database.query<SearchTotals['currencies'][number]>(
      `select currency, count(*) as count, sum(initial_minor)::bigint as "initialMinor",
         sum(current_minor)::bigint as "currentMinor"
       from ${TRANSACTIONS} where ${conditions.text}
       group by currency order by currency <> 'EUR', currency`,
      conditions.parameters,
    );
    return { count: currencies.reduce((sum, { count }) => sum + count, 0), currencies };
  }

  /** A transaction of the scope; null for a foreign one, a missing one and one not answered yet. */
  async find(transactionId: string, scope: ReadScope): Promise<JournalRow | null> {
    const conditions = new SqlConditions();
    conditions.addAny('transaction_id', [transactionId], 'uuid');
    addScope(conditions, scope);
    conditions.add('combination is not null');
    const [row] = await this.database.query<JournalRow>(
      `select ${JOURNAL_ROWS.selection} from ${TRANSACTIONS} where ${conditions.text}`,
      conditions.parameters,
    );
    return row ?? null;
  }

  /** The refunds of a transaction and the refused attempts to cancel it, oldest first. */
  async linkedTo(transactionId: string): Promise<readonly JournalRow[]> {
    return this.database.query<JournalRow>(
      `select ${JOURNAL_ROWS.selection} from ${TRANSACTIONS}
       where original_transaction_id = $1 and combination is not null
       order by created_at, transaction_id`,
      [transactionId],
    );
  }
}

/** Filters that leave a small part of any journal. */
function isSelective(search: TransactionSearch): boolean {
  const { orderReferences } = search;
  const numbers = [search.transactionNumbers, search.remittanceNumbers, search.contractNumbers];
  return (
    [...numbers, search.cardholderEmails].some((values) => values.length > 0) ||
    (orderReferences.length > 0 && orderReferences.every(isExact))
  );
}

/**
 * Refunds are smaller than debits: by amount, each combination is read in its own order, where one is
 * asked for or where an index has it for the shop.
 */
function combinationBranches({
  combinations,
  scope,
  shopIds,
}: TransactionSearch): SqlBranches | null {
  const isOneShop = scope.shopIds?.length === 1 || shopIds.length === 1;
  if (combinations === null && !isOneShop) return null;
  const values = combinations ?? ALLOWED_TRIPLES.map(({ row }) => row);
  return { column: 'combination', type: 'smallint', values };
}
