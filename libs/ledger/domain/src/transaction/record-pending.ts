import { type Decision, type Instant, accept } from '@encaisse/kernel';
import { type OutcomeRefusal, undecidedDebit } from './payment-outcome';
import type { PaymentPending, TransactionId } from './transaction-events';
import type { Transaction } from './transaction-state';

/** Records that a partner such as PayPal will confirm the payment later. */
export type RecordPending = { readonly transactionId: TransactionId; readonly at: Instant };

export function recordPending(
  { transactionId, at }: RecordPending,
  state: Transaction,
): Decision<PaymentPending, OutcomeRefusal> {
  if (state.kind === 'debit' && state.phase === 'pending') return accept();
  const undecided = undecidedDebit(state);
  if ('refused' in undecided) return undecided;
  return accept({ type: 'PaymentPending', data: { transactionId, pendingAt: at } });
}
