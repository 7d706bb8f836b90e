import { type Money, money } from '@encaisse/kernel';
import type { TransactionId } from './transaction-events';
import type { Transaction } from './transaction-state';

/** One line that a transaction gives in a remittance. Amounts are positive (REM-09). */
export type RemittanceLine = {
  readonly transactionId: TransactionId;
  readonly kind: 'DEBIT' | 'REFUND' | 'CANCELLATION';
  /** Credits are refunds and cancellations. */
  readonly side: 'DEBIT' | 'CREDIT';
  readonly amount: Money;
};

/**
 * The lines of a transaction to send or sent: one for a debit, for its debited amount (CASH-18); one
 * credit for a refund; for a cancellation the debit and its credit, which balance, so that the bank
 * is asked for nothing (CASH-13). None for a transaction that is in no remittance.
 */
export function remittanceLines(state: Transaction): readonly RemittanceLine[] {
  if (state.kind === 'refund') {
    if (state.phase !== 'to-send' && state.phase !== 'sent') return [];
    const { transactionId, amount } = state.request;
    return [{ transactionId, kind: 'REFUND', side: 'CREDIT', amount }];
  }
  if (state.kind !== 'debit') return [];
  const { transactionId } = state.request;
  const amount = money(state.debitedMinor, state.request.amount.currency);
  const debit = { transactionId, kind: 'DEBIT', side: 'DEBIT', amount } as const;
  switch (state.phase) {
    case 'to-send':
    case 'sent':
      return [debit];
    case 'cancelled':
    case 'cancellation-sent':
      return [debit, { transactionId, kind: 'CANCELLATION', side: 'CREDIT', amount }];
    default:
      return [];
  }
}
