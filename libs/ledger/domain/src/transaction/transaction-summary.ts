import { type Instant, invariant, type Money } from '@encaisse/kernel';
import { currentAmount, debitedAmount, initialAmount, refundable } from './amounts';
import { tripleOf } from './transaction';
import type { RefusalReason } from './transaction-events';
import type { Transaction } from './transaction-state';

/** What a command answers about a transaction: its three fields, its amounts, its outcome. */
export type TransactionSummary = {
  readonly transactionId: string;
  readonly transactionNumber: string;
  readonly environment: string;
  readonly shopId: string;
  readonly contractId: string;
  readonly orderReference: string;
  readonly type: string;
  readonly status: string;
  readonly acquirerStatus: string;
  readonly initialAmount: Money;
  readonly currentAmount: Money;
  readonly debitedAmount: Money | null;
  readonly refundable: Money;
  readonly plannedDate: string | null;
  readonly authorizationNumber: string | null;
  readonly refusalReason: RefusalReason | null;
  readonly responseCode: string | null;
  readonly maskedCardNumber: string | null;
  readonly originalTransactionId: string | null;
  readonly createdAt: Instant;
};

/** The summary of a transaction that has an outcome; null while it has no place in the table of triples. */
export function transactionSummary(state: Transaction): TransactionSummary | null {
  const triple = tripleOf(state);
  if (triple === null) return null;
  invariant(state.kind !== 'none', 'an empty stream has no triple');
  const facts = state.kind === 'refused-cancellation' ? state.entry : state.request;
  const { transactionId, transactionNumber, environment, shopId, contractId } = facts;
  const refusal = state.kind === 'refused-cancellation' ? state.entry : state.refusal;
  return {
    transactionId,
    transactionNumber,
    environment,
    shopId,
    contractId,
    orderReference: facts.orderReference,
    ...triple,
    initialAmount: shown(initialAmount(state)),
    currentAmount: shown(currentAmount(state)),
    debitedAmount: debitedAmount(state),
    refundable: refundable(state),
    plannedDate: state.kind === 'refused-cancellation' ? null : state.plannedDate,
    authorizationNumber:
      state.kind === 'debit' ? (state.authorization?.authorizationNumber ?? null) : null,
    refusalReason: refusal?.reason ?? null,
    responseCode:
      refusal?.responseCode ??
      (state.kind === 'debit' ? (state.authorization?.responseCode ?? null) : null),
    maskedCardNumber: 'card' in facts ? (facts.card?.maskedNumber ?? null) : null,
    originalTransactionId: 'originalTransactionId' in facts ? facts.originalTransactionId : null,
    createdAt: 'requestedAt' in facts ? facts.requestedAt : facts.refusedAt,
  };
}

/** Stored amounts come back with their members in another order; an answer is always the same text. */
function shown({ minor, currency }: Money): Money {
  return { minor, currency };
}
