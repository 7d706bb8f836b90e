import { Injectable } from '@nestjs/common';
import { type Currency, instant } from '@encaisse/kernel';
import { ALLOWED_TRIPLES } from '@encaisse/ledger/domain';
import {
  isExact,
  type KeysetPage,
  keysetPage,
  type PageEnd,
  searchDigest,
  type SortColumn,
  type Sorting,
  type SqlBranch,
  SqlConditions,
} from '@encaisse/platform/lists';
import { Database } from '@encaisse/platform/postgres';
import type { ReadScope } from '../backoffice-directory';
import { JOURNAL_SCHEMA } from '../journal/journal.projection';
import { type JournalRow, JOURNAL_ROWS } from '../journal/journal-row';
import { addScope, searchConditions } from '../search/search-conditions';
import { stretchesOf } from '../search/stretches';
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
    const way = isFew ? { search, branches: [] } : branched(search, isByAmount);
    return keysetPage<JournalRow>(
      {
        selection: JOURNAL_ROWS.selection,
        table: TRANSACTIONS,
        conditions: isByAmount
          ? searchConditions(way.search)
          : (after) => conditionsByDate(way.search, sorting, after),
        isGuess: hasReferencePart(search),
        branches: way.branches,
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

/** The conditions of each stretch of the period, in the order of the rows. */
function* conditionsByDate(
  search: TransactionSearch,
  { isDescending }: TransactionSorting,
  after: PageEnd | null,
): Generator<SqlConditions> {
  const end = after === null ? null : instant(String(after.value));
  for (const period of stretchesOf(search.period, isDescending, end))
    yield searchConditions({ ...search, period });
}

/** Filters that leave so few rows that they are best found first and sorted then. */
function isSelective(search: TransactionSearch): boolean {
  const { orderReferences } = search;
  return (
    [search.transactionNumbers, search.remittanceNumbers, search.cardholderEmails].some(
      (values) => values.length > 0,
    ) ||
    (orderReferences.length > 0 && orderReferences.every(isExact))
  );
}

/** More of a reference than how it begins: the planner guesses how many have it, and where they lie, at random. */
function hasReferencePart({ orderReferences }: TransactionSearch): boolean {
  return orderReferences.some((text) => /%./.test(text));
}

/** Filters with an index of their own, which to ask once per shop would cost as many times. */
function hasOwnIndex(search: TransactionSearch): boolean {
  const { orderReferences, contractNumbers, wallets, currencies } = search;
  return (
    isSelective(search) ||
    [orderReferences, contractNumbers, wallets, currencies].some((values) => values.length > 0)
  );
}

/** More shops than this are read in the order of all shops: among them are busy ones. */
const SHOPS_BY_DATE = 16;
const SHOPS_BY_AMOUNT = 8;

/**
 * The rows of a few shops are read shop by shop: how far their rows lie apart among those of all the
 * others then does not matter. By amount, each combination is read in its own order, because refunds
 * are smaller than debits and no index has the amounts of all combinations in one order.
 */
function branched(
  search: TransactionSearch,
  isByAmount: boolean,
): { readonly search: TransactionSearch; readonly branches: readonly SqlBranch[] } {
  const shopIds = search.shopIds.length > 0 ? search.shopIds : (search.scope.shopIds ?? []);
  const branches: SqlBranch[] = [];
  let rest = search;
  const mostShops = isByAmount ? SHOPS_BY_AMOUNT : SHOPS_BY_DATE;
  if (shopIds.length > 1 && shopIds.length <= mostShops && !hasOwnIndex(search)) {
    branches.push({ column: 'shop_id', type: 'uuid', values: shopIds });
    rest = { ...rest, shopIds: [], scope: { ...rest.scope, shopIds: null } };
  }
  if (isByAmount) {
    const values = search.combinations ?? ALLOWED_TRIPLES.map(({ row }) => row);
    branches.push({ column: 'combination', type: 'smallint', values });
    rest = { ...rest, combinations: null };
  }
  return { search: rest, branches };
}
