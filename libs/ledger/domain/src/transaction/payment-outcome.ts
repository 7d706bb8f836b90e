import { invariant } from '@encaisse/kernel';
import { type NoDebitRefusal, asDebit } from './rules';
import { tripleOf } from './transaction';
import type { Debit, Transaction } from './transaction-state';
import type { TransactionStatus } from './triples';

/** Why the outcome of a payment cannot be recorded. The first one that applies is given. */
export type OutcomeRefusal =
  | NoDebitRefusal
  /** Only the reversal ends it (D13); an answer that comes now is a late one. */
  | { readonly code: 'outcome-unknown' }
  /** Only the partner, or the person who validates, ends it. */
  | { readonly code: 'awaiting-confirmation' }
  | { readonly code: 'outcome-already-recorded'; readonly status: TransactionStatus };

/** Why a debit past its request takes no other outcome. */
export function outcomeRefusal(debit: Debit): OutcomeRefusal {
  switch (debit.phase) {
    case 'pending':
      return { code: 'awaiting-confirmation' };
    case 'outcome-unknown':
    case 'reversed':
      return { code: 'outcome-unknown' };
    default:
      return { code: 'outcome-already-recorded', status: statusOf(debit) };
  }
}

function statusOf(debit: Debit): TransactionStatus {
  invariant(debit.phase !== 'requested', 'a payment only requested has no outcome');
  return tripleOf(debit)?.status ?? 'ACCEPTED';
}

/** The debit whose outcome is not known yet, or why there is none. */
export function undecidedDebit(
  state: Transaction,
): { readonly debit: Debit } | { readonly refused: OutcomeRefusal } {
  const found = asDebit(state);
  if ('refused' in found) return found;
  return found.debit.phase === 'requested' ? found : { refused: outcomeRefusal(found.debit) };
}
