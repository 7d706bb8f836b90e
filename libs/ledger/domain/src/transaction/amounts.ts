import { type Money, invariant, money } from '@encaisse/kernel';
import { refundingMinor } from './evolve-operations';
import type { Debit, DebitPhase, Transaction } from './transaction-state';

/** Phases in which nothing has been taken from the buyer yet, or never will. */
const NOTHING_TAKEN: ReadonlySet<DebitPhase> = new Set<DebitPhase>([
  'requested',
  'authorized',
  'pending',
  'outcome-unknown',
  'reversed',
  'refused',
  'abandoned',
  'awaiting-capture',
]);

/** Amount of the debit or of the authorisation, of the refund, of the attempt. Never changes (TRX-34). */
export function initialAmount(state: Transaction): Money {
  invariant(state.kind !== 'none', 'an empty stream has no amount');
  return state.kind === 'refused-cancellation' ? state.entry.amount : state.request.amount;
}

/**
 * What the buyer is debited with: captured amount if captured, lowered amount if modified, else
 * the initial amount; 0 while awaiting capture. Statistics use this one (STAT-10). Null for what
 * is no debit and never was.
 */
export function debitedAmount(state: Transaction): Money | null {
  if (state.kind !== 'debit') return null;
  return money(state.debitedMinor, state.request.amount.currency);
}

/** What is left after the operations made (TRX-34): 0 once cancelled, less the accepted refunds. */
export function currentAmount(state: Transaction): Money {
  if (state.kind !== 'debit' || NOTHING_TAKEN.has(state.phase)) return initialAmount(state);
  const isCancelled = state.phase === 'cancelled' || state.phase === 'cancellation-sent';
  const minor = isCancelled ? 0 : state.debitedMinor - state.refundedMinor;
  return money(minor, state.request.amount.currency);
}

/** Minor units a debit still covers: debited less refunds accepted or in progress (CASH-07). */
export function remainderMinor(debit: Debit): number {
  return debit.debitedMinor - debit.refundedMinor - refundingMinor(debit);
}

/** What a refund may give back now: 0 unless the debit is sent (CASH-05, CASH-07). */
export function refundable(state: Transaction): Money {
  const minor = state.kind === 'debit' && state.phase === 'sent' ? remainderMinor(state) : 0;
  return money(minor, initialAmount(state).currency);
}
