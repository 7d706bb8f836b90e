import { type Currency, DIGITS, type Instant } from '@encaisse/kernel';
import {
  ACQUIRER_STATUSES,
  ALLOWED_TRIPLES,
  TRANSACTION_STATUSES,
  TRANSACTION_TYPES,
} from '@encaisse/ledger/domain';
import {
  formedValues,
  listedValues,
  type Query,
  readProblem,
  refuseUnknown,
  valuesOf,
} from '@encaisse/platform/lists';
import type { ReadScope } from '../backoffice-directory';
import { type AmountTest, amountTests } from './amount-filter';
import { type Period, requiredPeriod } from './period';

/** What to look for in the journal. Filters are cumulative; several values of one are alternatives. */
export type TransactionSearch = {
  readonly scope: ReadScope;
  readonly period: Period;
  /** Rows of the table of combinations that type, status and acquirer status leave; null for all. */
  readonly combinations: readonly number[] | null;
  readonly shopIds: readonly string[];
  readonly transactionNumbers: readonly string[];
  readonly amounts: readonly AmountTest[];
  readonly wallets: readonly string[];
  readonly paymentMeans: readonly string[];
  readonly remittanceNumbers: readonly string[];
  /** As typed, `%` standing for any text (TRX-10). */
  readonly orderReferences: readonly string[];
  readonly contractNumbers: readonly string[];
  readonly cardholderEmails: readonly string[];
  readonly currencies: readonly Currency[];
};

/** The filters of TRX-02 by their API names, with the node to search at or below. */
export const TRANSACTION_FILTERS = [
  'from',
  'to',
  'nodeId',
  'transactionNumber',
  'amount',
  'wallet',
  'paymentMeans',
  'shopId',
  'remittanceNumber',
  'orderReference',
  'type',
  'status',
  'acquirerStatus',
  'contractNumber',
  'cardholderEmail',
  'currency',
] as const;

const CODE = /^[A-Z][A-Z0-9_]{0,39}$/;
const NUMBER = /^[\w.-]{1,64}$/;

/**
 * Reads the filters of a search. Throws the problem of the first parameter that breaks a rule;
 * `others` are parameters the route reads itself.
 */
export function parseTransactionSearch(
  query: Query,
  scope: ReadScope,
  now: Instant,
  others: readonly string[] = [],
): TransactionSearch {
  refuseUnknown(query, [...TRANSACTION_FILTERS, ...others]);
  return {
    scope,
    period: requiredPeriod(query, scope.historyMonths, now),
    combinations: combinationsOf(query),
    shopIds: shopsOf(query, scope),
    transactionNumbers: formedValues(query, 'transactionNumber', NUMBER, 'must be a number'),
    amounts: amountTests(query, 'amount'),
    wallets: formedValues(query, 'wallet', CODE, 'must be a code such as APPLE_PAY'),
    paymentMeans: formedValues(query, 'paymentMeans', CODE, 'must be a code such as VISA'),
    remittanceNumbers: formedValues(query, 'remittanceNumber', NUMBER, 'must be <contract>-<n>'),
    orderReferences: valuesOf(query, 'orderReference'),
    contractNumbers: formedValues(query, 'contractNumber', NUMBER, 'must be a number'),
    cardholderEmails: valuesOf(query, 'cardholderEmail').map((email) => email.toLowerCase()),
    currencies: listedValues(query, 'currency', Object.keys(DIGITS) as Currency[]),
  };
}

function combinationsOf(query: Query): readonly number[] | null {
  const types = listedValues(query, 'type', TRANSACTION_TYPES);
  const statuses = listedValues(query, 'status', TRANSACTION_STATUSES);
  const acquirerStatuses = listedValues(query, 'acquirerStatus', ACQUIRER_STATUSES);
  if (types.length + statuses.length + acquirerStatuses.length === 0) return null;
  const isIn = <Value>(values: readonly Value[], value: Value) =>
    values.length === 0 || values.includes(value);
  return ALLOWED_TRIPLES.filter(
    ({ type, status, acquirerStatus }) =>
      isIn(types, type) && isIn(statuses, status) && isIn(acquirerStatuses, acquirerStatus),
  ).map(({ row }) => row);
}

function shopsOf(query: Query, { shopIds }: ReadScope): readonly string[] {
  const asked = formedValues(
    query,
    'shopId',
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    'must be the id of a shop',
  );
  const foreign = shopIds === null ? undefined : asked.find((shopId) => !shopIds.includes(shopId));
  if (foreign !== undefined)
    throw readProblem(
      'unknown-filter-value',
      'shopId',
      'no shop with this id at or below the node',
    );
  return asked;
}
