import { invariant } from '@encaisse/kernel';
import type { Evolutions } from './evolutions';
import { debitOf } from './evolve-payment';
import type { Debit } from './transaction-state';

/** Minor units of the refunds that wait for a partner. */
export function refundingMinor(debit: Debit): number {
  let sum = 0;
  for (const { amountMinor } of debit.refundsInProgress) sum += amountMinor;
  return sum;
}

/** Money can be given back once only: M2. Throws when a stream says otherwise. */
function withinDebited(debit: Debit): Debit {
  const returned = debit.refundedMinor + refundingMinor(debit);
  invariant(returned <= debit.debitedMinor, 'refunds never exceed the debited amount');
  return debit;
}

function inProgress(debit: Debit, refundId: string) {
  return debit.refundsInProgress.find((refund) => refund.refundId === refundId);
}

function withoutRefund(debit: Debit, refundId: string): Debit['refundsInProgress'] {
  return debit.refundsInProgress.filter((refund) => refund.refundId !== refundId);
}

/** How the cash operations change a debit. */
export const OPERATION_EVOLUTIONS: Evolutions<
  | 'TransactionCaptured'
  | 'TransactionCancelled'
  | 'TransactionModified'
  | 'TransactionRefundStarted'
  | 'TransactionRefunded'
  | 'TransactionRefundFailed'
> = {
  TransactionCaptured(state, { operationId, amount }) {
    const debit = debitOf(state, 'a capture', 'awaiting-capture');
    const authorized = debit.request.amount;
    invariant(amount.currency === authorized.currency, 'a capture is in the authorised currency');
    invariant(amount.minor > 0 && amount.minor <= authorized.minor, 'captured <= authorised');
    return {
      ...debit,
      phase: 'to-send',
      debitedMinor: amount.minor,
      operations: [...debit.operations, { kind: 'capture', operationId, amount }],
    };
  },
  TransactionCancelled(state, { operationId, amount }) {
    const debit = debitOf(state, 'a cancellation', 'to-send');
    invariant(amount.minor === debit.debitedMinor, 'a cancellation is of the whole amount');
    invariant(debit.refundedMinor + refundingMinor(debit) === 0, 'never cancelled once refunded');
    invariant(debit.sendingId === null, 'never cancelled while being sent');
    const operations = [...debit.operations, { kind: 'cancel', operationId } as const];
    return { ...debit, phase: 'cancelled', operations };
  },
  TransactionModified(state, { operationId, amount, plannedDate }) {
    const debit = debitOf(state, 'a modification', 'to-send');
    const isAmountChanged = amount.minor !== debit.debitedMinor;
    invariant(amount.minor > 0 && amount.minor <= debit.debitedMinor, 'an amount is only lowered');
    invariant(debit.sendingId === null, 'never modified while being sent');
    const isPlannedDateChanged = plannedDate !== debit.plannedDate;
    const changed = { amount, plannedDate, isAmountChanged, isPlannedDateChanged };
    return withinDebited({
      ...debit,
      debitedMinor: amount.minor,
      plannedDate,
      operations: [...debit.operations, { kind: 'modify', operationId, ...changed }],
    });
  },
  TransactionRefundStarted(state, { refundId, amount }) {
    const debit = debitOf(state, 'a refund', 'sent');
    invariant(amount.minor > 0, 'a refund is of a positive amount');
    const started = { refundId, amountMinor: amount.minor };
    return withinDebited({
      ...debit,
      refundsInProgress: [...debit.refundsInProgress, started],
      operations: [...debit.operations, { kind: 'refund', operationId: refundId, amount }],
    });
  },
  TransactionRefunded(state, { refundId, amount }) {
    invariant(state.kind === 'debit', 'only a debit is refunded');
    const started = inProgress(state, refundId);
    if (started === undefined) {
      const debit = debitOf(state, 'a refund', 'sent');
      invariant(amount.minor > 0, 'a refund is of a positive amount');
      return withinDebited({
        ...debit,
        refundedMinor: debit.refundedMinor + amount.minor,
        operations: [...debit.operations, { kind: 'refund', operationId: refundId, amount }],
      });
    }
    invariant(started.amountMinor === amount.minor, 'a refund keeps the amount it began with');
    return withinDebited({
      ...state,
      refundedMinor: state.refundedMinor + amount.minor,
      refundsInProgress: withoutRefund(state, refundId),
    });
  },
  TransactionRefundFailed(state, { refundId }) {
    invariant(state.kind === 'debit', 'only a debit is refunded');
    invariant(inProgress(state, refundId), 'only a refund in progress fails');
    return { ...state, refundsInProgress: withoutRefund(state, refundId) };
  },
};
