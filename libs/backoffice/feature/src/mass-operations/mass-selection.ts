import { Injectable } from '@nestjs/common';
import type { MassOperationKind, MassTotal } from '@encaisse/backoffice/contract';
import { LARGEST_SELECTION, type Selection } from '@encaisse/backoffice/domain';
import { type Currency, money } from '@encaisse/kernel';
import { ALLOWED_TRIPLES } from '@encaisse/ledger/domain';
import { Clock } from '@encaisse/platform/clock';
import type { Caller } from '@encaisse/platform/http';
import { valueOf } from '@encaisse/platform/lists';
import { Database } from '@encaisse/platform/postgres';
import { BackofficeDirectory } from '../backoffice-directory';
import { queryOfBody, readInBody } from '../search/body-filters';
import { searchConditions } from '../search/search-conditions';
import { parseTransactionSearch, type TransactionSearch } from '../search/transaction-search';
import { TRANSACTIONS } from '../transactions/transaction-queries';

/** The combinations an operation is for: whatever else the filters let through is left out. */
const ELIGIBLE: Readonly<Record<MassOperationKind, readonly number[]>> = {
  capture: rowsOf('AWAITING_CAPTURE', 'DEBIT'),
  send: rowsOf('TO_SEND', 'DEBIT', 'REFUND'),
};
const REFUNDS = rowsOf('TO_SEND', 'REFUND');

function rowsOf(acquirerStatus: string, ...types: readonly string[]): readonly number[] {
  return ALLOWED_TRIPLES.filter(
    (triple) =>
      triple.status === 'ACCEPTED' &&
      triple.acquirerStatus === acquirerStatus &&
      types.includes(triple.type),
  ).map(({ row }) => row);
}

type CurrencyRow = {
  readonly currency: Currency;
  readonly debits: number;
  readonly debitMinor: number;
  readonly refunds: number;
  readonly refundMinor: number;
};

/** What a mass operation would be carried out on. */
@Injectable()
export class MassSelection {
  constructor(
    private readonly database: Database,
    private readonly directory: BackofficeDirectory,
    private readonly clock: Clock,
  ) {}

  /** Reads the filters of a body. Throws the problem of the first one that breaks a rule. */
  searchOf(
    operation: MassOperationKind,
    filters: Readonly<Record<string, unknown>>,
    caller: Caller,
  ): TransactionSearch {
    const query = queryOfBody(filters);
    return readInBody(() => {
      const scope = this.directory.scopeOf(caller, valueOf(query, 'nodeId') ?? undefined);
      return eligibleOf(operation, parseTransactionSearch(query, scope, this.clock.now()));
    });
  }

  /** Number, sums and ids of one instant, oldest first; the ids only when they are not too many. */
  select(search: TransactionSearch): Promise<Selection> {
    return selectionOf(search, this.database);
  }
}

/** The search for what an operation is for, among what a search finds. */
export function eligibleOf(
  operation: MassOperationKind,
  search: TransactionSearch,
): TransactionSearch {
  const isFound = (row: number) => search.combinations?.includes(row) ?? true;
  return { ...search, combinations: ELIGIBLE[operation].filter(isFound) };
}

/** What a search selects at one instant: number and sums, and the ids when they are not too many. */
export function selectionOf(search: TransactionSearch, database: Database): Promise<Selection> {
  return database.transaction(async (session) => {
    await session.query('set transaction isolation level repeatable read, read only');
    const { text, parameters } = searchConditions(search);
    const isRefund = `combination = any('{${REFUNDS.join(',')}}'::smallint[])`;
    const rows = await session.query<CurrencyRow>(
      `select currency, count(*) filter (where not ${isRefund}) as debits,
         coalesce(sum(current_minor) filter (where not ${isRefund}), 0)::bigint as "debitMinor",
         count(*) filter (where ${isRefund}) as refunds,
         coalesce(sum(current_minor) filter (where ${isRefund}), 0)::bigint as "refundMinor"
       from ${TRANSACTIONS} where ${text}
       group by currency order by currency <> 'EUR', currency`,
      parameters,
    );
    const count = rows.reduce((sum, { debits, refunds }) => sum + debits + refunds, 0);
    const ids =
      count > LARGEST_SELECTION
        ? []
        : await session.query<{ id: string }>(
            `select transaction_id as id from ${TRANSACTIONS} where ${text}
             order by created_at, transaction_id`,
            parameters,
          );
    return { count, totals: rows.map(totalOf), transactionIds: ids.map(({ id }) => id) };
  });
}

function totalOf({ currency, ...row }: CurrencyRow): MassTotal {
  return {
    currency,
    debits: { count: row.debits, amount: money(row.debitMinor, currency) },
    refunds: { count: row.refunds, amount: money(row.refundMinor, currency) },
    total: money(row.debitMinor - row.refundMinor, currency),
  };
}
