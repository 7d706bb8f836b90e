import { invariant } from '@encaisse/kernel';
import type { Evolutions } from './evolutions';
import type { Debit, Refund, Transaction } from './transaction-state';

function sendableOf(state: Transaction, what: string): Debit | Refund {
  invariant(
    state.kind === 'debit' || state.kind === 'refund',
    `${what} needs a debit or a refund, the stream holds ${state.kind}`,
  );
  return state;
}

/** How the way to the bank changes a debit, a cancellation or a refund. */
export const SENDING_EVOLUTIONS: Evolutions<
  'SendingRequested' | 'TransactionSentToBank' | 'TransactionSetAside' | 'TransactionPutBack'
> = {
  SendingRequested(state, { sendingId }) {
    const sendable = sendableOf(state, 'a manual sending');
    invariant(sendable.phase === 'to-send', `nothing to send in the phase ${sendable.phase}`);
    invariant(sendable.sendingId === null, 'one manual sending at a time');
    const operations = [...sendable.operations, { kind: 'send', operationId: sendingId } as const];
    return { ...sendable, sendingId, operations };
  },
  TransactionSentToBank(state, { remittanceId }) {
    const sendable = sendableOf(state, 'a sending');
    const remittanceIds = [...sendable.remittanceIds, remittanceId];
    if (sendable.phase === 'cancelled') {
      return { ...sendable, phase: 'cancellation-sent', remittanceIds };
    }
    invariant(sendable.phase === 'to-send', `nothing to send in the phase ${sendable.phase}`);
    return { ...sendable, phase: 'sent', sendingId: null, remittanceIds };
  },
  TransactionSetAside(state, { reason }) {
    const sendable = sendableOf(state, 'a setting aside');
    const expected = reason === 'line-rejected' ? 'sent' : 'to-send';
    invariant(sendable.phase === expected, `not set aside in the phase ${sendable.phase}`);
    return { ...sendable, phase: 'set-aside', sendingId: null };
  },
  TransactionPutBack(state, { operationId, plannedDate }) {
    const sendable = sendableOf(state, 'a putting back');
    invariant(sendable.phase === 'set-aside', `not put back in the phase ${sendable.phase}`);
    const operations = [...sendable.operations, { kind: 'put-back', operationId } as const];
    return { ...sendable, phase: 'to-send', plannedDate, operations };
  },
};
