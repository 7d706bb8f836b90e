import { asDebit } from './rules';
import type { TransactionId } from './transaction-events';
import type { Debit, Refund, Transaction } from './transaction-state';

/** Why the outcome of a refund is not recorded on its stream. The first one that applies is given. */
export type RefundOutcomeRefusal =
  | { readonly code: 'transaction-unknown' }
  | { readonly code: 'not-a-refund' }
  | { readonly code: 'outcome-already-recorded'; readonly status: 'ACCEPTED' | 'REFUSED' };

/** The refund of a stream, or why there is none. */
export function asRefund(
  state: Transaction,
): { readonly refund: Refund } | { readonly refused: RefundOutcomeRefusal } {
  if (state.kind === 'none') return { refused: { code: 'transaction-unknown' } };
  return state.kind === 'refund' ? { refund: state } : { refused: { code: 'not-a-refund' } };
}

/** Why the original has nothing to settle. The first one that applies is given. */
export type SettleRefundRefusal =
  | { readonly code: 'transaction-unknown' }
  | { readonly code: 'not-a-debit'; readonly type: 'REFUND' | 'CANCELLATION' }
  | { readonly code: 'refund-unknown' };

/** A refund seen from its original: in progress, already settled, or never begun there. */
export function refundOnOriginal(
  refundId: TransactionId,
  state: Transaction,
):
  | { readonly debit: Debit; readonly startedMinor: number | null }
  | { readonly refused: SettleRefundRefusal } {
  const found = asDebit(state);
  if ('refused' in found) return found;
  const { debit } = found;
  const started = debit.refundsInProgress.find((refund) => refund.refundId === refundId);
  if (started) return { debit, startedMinor: started.amountMinor };
  const isSettled = debit.operations.some(
    (operation) => operation.kind === 'refund' && operation.operationId === refundId,
  );
  return isSettled ? { debit, startedMinor: null } : { refused: { code: 'refund-unknown' } };
}
