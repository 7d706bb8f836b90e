import { type Decision, type Instant, accept, money, refuse } from '@encaisse/kernel';
import {
  type RefundOutcomeRefusal,
  type SettleRefundRefusal,
  asRefund,
  refundOnOriginal,
} from './refund-outcome';
import type {
  RefundRefused,
  RefusalReason,
  TransactionId,
  TransactionRefundFailed,
} from './transaction-events';
import type { Transaction } from './transaction-state';

/** Ends a refund that its issuer or partner refused (row 7). */
export type RefuseRefund = {
  readonly refundId: TransactionId;
  readonly reason: RefusalReason;
  readonly responseCode: string | null;
  readonly at: Instant;
};

/** Decides on the refund's own stream, the arbiter between a confirmation and a refusal. */
export function refuseRefund(
  { refundId, reason, responseCode, at }: RefuseRefund,
  state: Transaction,
): Decision<RefundRefused, RefundOutcomeRefusal> {
  const found = asRefund(state);
  if ('refused' in found) return found;
  const { refund } = found;
  if (refund.phase === 'refused') {
    const earlier = refund.refusal;
    const isReplay = earlier?.reason === reason && earlier.responseCode === responseCode;
    return isReplay ? accept() : refuse({ code: 'outcome-already-recorded', status: 'REFUSED' });
  }
  if (refund.phase !== 'pending' && refund.phase !== 'requested') {
    return refuse({ code: 'outcome-already-recorded', status: 'ACCEPTED' });
  }
  const data = { transactionId: refundId, reason, responseCode, refusedAt: at };
  return accept({ type: 'RefundRefused', data });
}

/** Copies a refusal to the original: the amount is free again (CASH-07). */
export type ReleaseRefund = {
  readonly transactionId: TransactionId;
  readonly refundId: TransactionId;
  readonly at: Instant;
};

/** Decides on the original's stream; safe to repeat. */
export function releaseRefund(
  { transactionId, refundId, at }: ReleaseRefund,
  state: Transaction,
): Decision<TransactionRefundFailed, SettleRefundRefusal> {
  const found = refundOnOriginal(refundId, state);
  if ('refused' in found) return found;
  if (found.startedMinor === null) return accept();
  const amount = money(found.startedMinor, found.debit.request.amount.currency);
  const data = { transactionId, refundId, amount, failedAt: at };
  return accept({ type: 'TransactionRefundFailed', data });
}
