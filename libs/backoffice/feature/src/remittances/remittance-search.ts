import { type Currency, DIGITS, type Instant } from '@encaisse/kernel';
import {
  formedValues,
  listedValues,
  type Query,
  refuseUnknown,
  SqlConditions,
} from '@encaisse/platform/lists';
import { REMITTANCE_STATUSES, type RemittanceStatus } from '@encaisse/remittance/contract';
import type { ReadScope } from '../backoffice-directory';
import { type AmountTest, amountTests } from '../search/amount-filter';
import { type Period, requiredPeriod } from '../search/period';
import { addAmounts, addScope } from '../search/search-conditions';

/** What to look for among the remittances (REM-06). */
export type RemittanceSearch = {
  readonly scope: ReadScope;
  readonly period: Period;
  readonly totalAmounts: readonly AmountTest[];
  readonly contractNumbers: readonly string[];
  readonly ranks: readonly string[];
  readonly remittanceNumbers: readonly string[];
  readonly statuses: readonly RemittanceStatus[];
  readonly paymentMeans: readonly string[];
  readonly currencies: readonly Currency[];
};

const FILTERS = [
  'from',
  'to',
  'nodeId',
  'totalAmount',
  'contractNumber',
  'rank',
  'remittanceNumber',
  'status',
  'paymentMeans',
  'currency',
] as const;

const NUMBER = /^[\w.-]{1,64}$/;

/** Reads the filters of a search. Throws the problem of the first parameter that breaks a rule. */
export function parseRemittanceSearch(
  query: Query,
  scope: ReadScope,
  now: Instant,
  others: readonly string[] = [],
): RemittanceSearch {
  refuseUnknown(query, [...FILTERS, ...others]);
  return {
    scope,
    period: requiredPeriod(query, scope.historyMonths, now),
    totalAmounts: amountTests(query, 'totalAmount'),
    contractNumbers: formedValues(query, 'contractNumber', NUMBER, 'must be a number'),
    ranks: formedValues(query, 'rank', /^\d{3}$/, 'must be three digits'),
    remittanceNumbers: formedValues(query, 'remittanceNumber', NUMBER, 'must be <contract>-<n>'),
    statuses: listedValues(query, 'status', REMITTANCE_STATUSES),
    paymentMeans: formedValues(
      query,
      'paymentMeans',
      /^[A-Z][A-Z0-9_]{0,39}$/,
      'must be a code such as VISA',
    ),
    currencies: listedValues(query, 'currency', Object.keys(DIGITS) as Currency[]),
  };
}

export function remittanceConditions(search: RemittanceSearch): SqlConditions {
  const conditions = new SqlConditions();
  addScope(conditions, search.scope);
  conditions.add(`created_at >= ${conditions.parameter(search.period.from)}::timestamptz`);
  conditions.add(`created_at < ${conditions.parameter(search.period.to)}::timestamptz`);
  if (search.statuses.length === 0) conditions.add('status is not null');
  conditions.addAny('status', search.statuses);
  addAmounts(conditions, 'total_minor', search.totalAmounts);
  conditions.addAny('contract_number', search.contractNumbers);
  conditions.addAny('rank', search.ranks);
  conditions.addAny('remittance_number', search.remittanceNumbers);
  conditions.addAny('payment_means', search.paymentMeans);
  conditions.addAny('currency', search.currencies);
  return conditions;
}
