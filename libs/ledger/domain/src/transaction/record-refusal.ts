import { type Decision, type Instant, accept } from '@encaisse/kernel';
import { type OutcomeRefusal, undecidedDebit } from './payment-outcome';
import type { PaymentRefused, RefusalReason, TransactionId } from './transaction-events';
import type { Transaction } from './transaction-state';

/** Records that the issuer, a control or 3-D Secure said no (TRX-32, CONT-09). */
export type RecordRefusal = {
  readonly transactionId: TransactionId;
  readonly reason: RefusalReason;
  /** The acquirer's code, null when it was not asked. */
  readonly responseCode: string | null;
  readonly at: Instant;
};

export function recordRefusal(
  { transactionId, reason, responseCode, at }: RecordRefusal,
  state: Transaction,
): Decision<PaymentRefused, OutcomeRefusal> {
  const earlier = state.kind === 'debit' ? state.refusal : null;
  const isReplay = earlier?.reason === reason && earlier.responseCode === responseCode;
  if (isReplay) return accept();
  const undecided = undecidedDebit(state);
  if ('refused' in undecided) return undecided;
  const data = { transactionId, reason, responseCode, refusedAt: at };
  return accept({ type: 'PaymentRefused', data });
}
