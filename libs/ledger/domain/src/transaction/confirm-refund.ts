import {
  type Decision,
  type Instant,
  accept,
  businessDayOf,
  money,
  refuse,
} from '@encaisse/kernel';
import {
  type RefundOutcomeRefusal,
  type SettleRefundRefusal,
  asRefund,
  refundOnOriginal,
} from './refund-outcome';
import type { RefundConfirmed, TransactionId, TransactionRefunded } from './transaction-events';
import type { Transaction } from './transaction-state';

/** Ends the wait for a partner: the refund stands and leaves with the next telecollection. */
export type ConfirmRefund = { readonly refundId: TransactionId; readonly at: Instant };

/** Decides on the refund's own stream, the arbiter between a confirmation and a refusal. */
export function confirmRefund(
  { refundId, at }: ConfirmRefund,
  state: Transaction,
): Decision<RefundConfirmed, RefundOutcomeRefusal> {
  const found = asRefund(state);
  if ('refused' in found) return found;
  const { phase } = found.refund;
  if (phase === 'refused') return refuse({ code: 'outcome-already-recorded', status: 'REFUSED' });
  if (phase !== 'pending') return accept();
  const businessDay = businessDayOf(at);
  const day = { businessDay, plannedDate: businessDay };
  const data = { transactionId: refundId, confirmedAt: at, ...day };
  return accept({ type: 'RefundConfirmed', data });
}

/** Copies a confirmation to the original, whose current amount drops. */
export type CompleteRefund = {
  readonly transactionId: TransactionId;
  readonly refundId: TransactionId;
  readonly at: Instant;
};

/** Decides on the original's stream; safe to repeat. */
export function completeRefund(
  { transactionId, refundId, at }: CompleteRefund,
  state: Transaction,
): Decision<TransactionRefunded, SettleRefundRefusal> {
  const found = refundOnOriginal(refundId, state);
  if ('refused' in found) return found;
  if (found.startedMinor === null) return accept();
  const amount = money(found.startedMinor, found.debit.request.amount.currency);
  const day = { refundedAt: at, businessDay: businessDayOf(at) };
  return accept({ type: 'TransactionRefunded', data: { transactionId, refundId, amount, ...day } });
}
