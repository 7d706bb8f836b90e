import { type Decision, type Instant, accept, refuse } from '@encaisse/kernel';
import { type OutcomeRefusal, outcomeRefusal } from './payment-outcome';
import { asDebit } from './rules';
import type { PaymentRefused, RefusalReason, TransactionId } from './transaction-events';
import type { Transaction } from './transaction-state';

/** Ends the wait for a partner: it said no. */
export type RefusePending = {
  readonly transactionId: TransactionId;
  readonly reason: RefusalReason;
  readonly responseCode: string | null;
  readonly at: Instant;
};

/** Why the partner's no is not recorded. When several reasons apply, the first one is given. */
export type RefusePendingRefusal =
  | Exclude<OutcomeRefusal, { readonly code: 'awaiting-confirmation' }>
  | { readonly code: 'authorization-in-progress' };

export function refusePending(
  { transactionId, reason, responseCode, at }: RefusePending,
  state: Transaction,
): Decision<PaymentRefused, RefusePendingRefusal> {
  const found = asDebit(state);
  if ('refused' in found) return found;
  const { debit } = found;
  const earlier = debit.refusal;
  if (earlier?.reason === reason && earlier.responseCode === responseCode) return accept();
  if (debit.phase === 'requested') return refuse({ code: 'authorization-in-progress' });
  if (debit.phase !== 'pending') {
    return refuse(
      outcomeRefusal(debit) as Exclude<OutcomeRefusal, { code: 'awaiting-confirmation' }>,
    );
  }
  const data = { transactionId, reason, responseCode, refusedAt: at };
  return accept({ type: 'PaymentRefused', data });
}
