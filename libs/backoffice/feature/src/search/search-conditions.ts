import { ALLOWED_TRIPLES } from '@encaisse/ledger/domain';
import { isExact, likePattern, SqlConditions } from '@encaisse/platform/lists';
import type { ReadScope } from '../backoffice-directory';
import type { AmountTest } from './amount-filter';
import type { TransactionSearch } from './transaction-search';

const ALL_COMBINATIONS = ALLOWED_TRIPLES.map(({ row }) => row);

/** Limits rows to the environment and the shops of a scope. */
export function addScope(conditions: SqlConditions, { environment, shopIds }: ReadScope): void {
  conditions.add(`environment = ${conditions.parameter(environment)}`);
  if (shopIds === null) return;
  if (shopIds.length === 1) conditions.addAny('shop_id', shopIds, 'uuid');
  else conditions.add(`shop_id = any(${conditions.parameter(shopIds)}::uuid[])`);
}

/** The amount the tests are made on, and only those in their currency. */
export function addAmounts(
  conditions: SqlConditions,
  column: string,
  tests: readonly AmountTest[],
): void {
  for (const { operator, minor, currency } of tests) {
    conditions.add(`${column} ${operator} ${conditions.parameter(minor)}::bigint`);
    if (currency !== null) conditions.addAny('currency', [currency]);
  }
}

/** The conditions that the rows a search finds meet. */
export function searchConditions(search: TransactionSearch): SqlConditions {
  const conditions = new SqlConditions();
  const { period, combinations } = search;
  addScope(conditions, search.scope);
  conditions.add(`created_at >= ${conditions.parameter(period.from)}::timestamptz`);
  conditions.add(`created_at < ${conditions.parameter(period.to)}::timestamptz`);
  // With amounts to test, the combinations are listed: they come before the amount in its indexes.
  if (combinations === null && search.amounts.length > 0)
    conditions.addAny('combination', ALL_COMBINATIONS, 'smallint');
  else if (combinations === null) conditions.add('combination is not null');
  else if (combinations.length === 0) conditions.add('false');
  else conditions.addAny('combination', combinations, 'smallint');
  conditions.addAny('shop_id', search.shopIds, 'uuid');
  conditions.addAny('transaction_number', search.transactionNumbers);
  addAmounts(conditions, 'initial_minor', search.amounts);
  conditions.addAny('wallet', search.wallets);
  conditions.addAny('payment_means', search.paymentMeans);
  conditions.addAny('remittance_number', search.remittanceNumbers);
  addReferences(conditions, search.orderReferences);
  conditions.addAny('contract_number', search.contractNumbers);
  conditions.addAny('lower(cardholder_email)', search.cardholderEmails);
  conditions.addAny('currency', search.currencies);
  return conditions;
}

function addReferences(conditions: SqlConditions, texts: readonly string[]): void {
  if (texts.length === 0) return;
  const tests = texts.map((text) =>
    isExact(text)
      ? `lower(order_reference) = ${conditions.parameter(text.toLowerCase())}`
      : `lower(order_reference) like ${conditions.parameter(likePattern(text))}`,
  );
  conditions.add(`(${tests.join(' or ')})`);
}
