import { type Decision, type Instant, accept, refuse } from '@encaisse/kernel';
import { type OutcomeRefusal, undecidedDebit } from './payment-outcome';
import type { PaymentAbandoned, TransactionId } from './transaction-events';
import type { Transaction } from './transaction-state';

/** Records that the buyer gave up before the acquirer was asked. */
export type AbandonPayment = {
  readonly transactionId: TransactionId;
  /** True once a request may have left for the acquirer: an authorisation may then be alive. */
  readonly wasAcquirerAsked: boolean;
  readonly at: Instant;
};

/** Why a payment cannot be abandoned. When several reasons apply, the first one listed is given. */
export type AbandonPaymentRefusal = OutcomeRefusal | { readonly code: 'authorization-in-progress' };

export function abandonPayment(
  { transactionId, wasAcquirerAsked, at }: AbandonPayment,
  state: Transaction,
): Decision<PaymentAbandoned, AbandonPaymentRefusal> {
  if (state.kind === 'debit' && state.phase === 'abandoned') return accept();
  const undecided = undecidedDebit(state);
  if ('refused' in undecided) return undecided;
  if (wasAcquirerAsked) return refuse({ code: 'authorization-in-progress' });
  return accept({ type: 'PaymentAbandoned', data: { transactionId, abandonedAt: at } });
}
