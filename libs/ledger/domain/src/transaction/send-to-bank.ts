import {
  type BusinessDay,
  type Decision,
  type Instant,
  accept,
  businessDayOf,
  refuse,
} from '@encaisse/kernel';
import type { TransactionId, TransactionSentToBank } from './transaction-events';
import type { Transaction } from './transaction-state';

/**
 * Puts a debit, a cancellation or a refund into a remittance, for good: from here on it is sent and
 * can no longer be cancelled. The remittance context alone does it.
 */
export type SendToBank = {
  readonly transactionId: TransactionId;
  /** The remittance is the operation: the same one again changes nothing. */
  readonly remittanceId: string;
  /** `<contract>-<n>`. */
  readonly remittanceNumber: string;
  readonly at: Instant;
};

/** Why a transaction stays out of the remittance. When several apply, the first one is given. */
export type SendToBankRefusal =
  | { readonly code: 'transaction-unknown' }
  | { readonly code: 'already-sent'; readonly remittanceId: string }
  | { readonly code: 'not-to-send' }
  | { readonly code: 'not-due'; readonly plannedDate: BusinessDay };

/** Whether a transaction belongs into the remittance of a day (REM-02), or was asked for by hand. */
export function isDue(state: Transaction, today: BusinessDay): boolean {
  if (state.kind !== 'debit' && state.kind !== 'refund') return false;
  if (state.phase !== 'to-send' && state.phase !== 'cancelled') return false;
  if (state.sendingId !== null) return true;
  return state.plannedDate !== null && state.plannedDate <= today;
}

export function sendToBank(
  { transactionId, remittanceId, remittanceNumber, at }: SendToBank,
  state: Transaction,
): Decision<TransactionSentToBank, SendToBankRefusal> {
  if (state.kind === 'none') return refuse({ code: 'transaction-unknown' });
  if (state.kind === 'refused-cancellation') return refuse({ code: 'not-to-send' });
  const { phase, remittanceIds, plannedDate } = state;
  if (remittanceIds.includes(remittanceId)) return accept();
  const last = remittanceIds.at(-1);
  if ((phase === 'sent' || phase === 'cancellation-sent') && last !== undefined) {
    return refuse({ code: 'already-sent', remittanceId: last });
  }
  const businessDay = businessDayOf(at);
  if (!isDue(state, businessDay)) {
    const isWaiting = phase === 'to-send' || phase === 'cancelled';
    return isWaiting && plannedDate !== null
      ? refuse({ code: 'not-due', plannedDate })
      : refuse({ code: 'not-to-send' });
  }
  const data = { transactionId, remittanceId, remittanceNumber, sentAt: at, businessDay };
  return accept({ type: 'TransactionSentToBank', data });
}
