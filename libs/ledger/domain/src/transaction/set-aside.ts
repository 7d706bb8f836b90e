import { type Decision, type Instant, accept, refuse } from '@encaisse/kernel';
import type { TransactionId, TransactionSetAside } from './transaction-events';
import type { Transaction } from './transaction-state';

/**
 * Keeps a debit or a refund out of the remittances: its contract is inactive, or the acquirer
 * rejected its line (REM-15). French: « Ecartée ».
 */
export type SetAside = { readonly transactionId: TransactionId; readonly at: Instant } & (
  | { readonly reason: 'inactive-contract' }
  | {
      readonly reason: 'line-rejected';
      readonly remittanceId: string;
      /** The acquirer's reason. */
      readonly detail: string | null;
    }
);

/** Why a transaction is not set aside. When several reasons apply, the first one is given. */
export type SetAsideRefusal =
  | { readonly code: 'transaction-unknown' }
  /** A cancellation kept out stays to be sent; rejected, the remittance's line records it. */
  | { readonly code: 'is-cancellation' }
  | { readonly code: 'not-to-send' }
  | { readonly code: 'not-in-remittance' };

export function setAside(
  command: SetAside,
  state: Transaction,
): Decision<TransactionSetAside, SetAsideRefusal> {
  if (state.kind === 'none') return refuse({ code: 'transaction-unknown' });
  if (state.kind === 'refused-cancellation') return refuse({ code: 'is-cancellation' });
  const { phase, remittanceIds } = state;
  if (phase === 'cancelled' || phase === 'cancellation-sent') {
    return refuse({ code: 'is-cancellation' });
  }
  const { transactionId, at, reason } = command;
  if (reason === 'inactive-contract') {
    if (phase === 'set-aside') return accept();
    if (phase !== 'to-send') return refuse({ code: 'not-to-send' });
    const data = { transactionId, reason, detail: null, remittanceId: null, setAsideAt: at };
    return accept({ type: 'TransactionSetAside', data });
  }
  const { remittanceId, detail } = command;
  if (!remittanceIds.includes(remittanceId)) return refuse({ code: 'not-in-remittance' });
  // A remittance that no longer holds the line rejected it before: the news came twice.
  const isHeld = phase === 'sent' && remittanceIds.at(-1) === remittanceId;
  if (!isHeld) return accept();
  const data = { transactionId, reason, detail, remittanceId, setAsideAt: at };
  return accept({ type: 'TransactionSetAside', data });
}
