import { invariant } from '@encaisse/kernel';
import type { Evolutions } from './evolutions';
import type { Refund, RefundPhase, Transaction } from './transaction-state';

function refundOf(state: Transaction, what: string, ...phases: readonly RefundPhase[]): Refund {
  invariant(state.kind === 'refund', `${what} needs a refund, the stream holds ${state.kind}`);
  invariant(phases.includes(state.phase), `${what} cannot follow the phase ${state.phase}`);
  return state;
}

/** How a refund's own events change it, and the entry of a refused cancellation. */
export const REFUND_EVOLUTIONS: Evolutions<
  | 'RefundRequested'
  | 'RefundAccepted'
  | 'RefundPending'
  | 'RefundConfirmed'
  | 'RefundRefused'
  | 'CancellationRefused'
> = {
  RefundRequested(state, request) {
    invariant(state.kind === 'none', 'a refund is requested once, first in its stream');
    invariant(request.amount.minor > 0, 'a refund is of a positive amount');
    return {
      kind: 'refund',
      phase: 'requested',
      request,
      refusal: null,
      plannedDate: null,
      sendingId: null,
      remittanceIds: [],
      operations: [],
    };
  },
  RefundAccepted(state, { plannedDate }) {
    return { ...refundOf(state, 'an acceptance', 'requested'), phase: 'to-send', plannedDate };
  },
  RefundPending(state) {
    return { ...refundOf(state, 'a wait for a partner', 'requested'), phase: 'pending' };
  },
  RefundConfirmed(state, { plannedDate }) {
    return { ...refundOf(state, 'a confirmation', 'pending'), phase: 'to-send', plannedDate };
  },
  RefundRefused(state, refusal) {
    return { ...refundOf(state, 'a refusal', 'requested', 'pending'), phase: 'refused', refusal };
  },
  CancellationRefused(state, entry) {
    invariant(state.kind === 'none', 'a refused cancellation is alone in its stream');
    return { kind: 'refused-cancellation', entry };
  },
};
