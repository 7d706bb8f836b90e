import { accept, type Decision, refuse } from '@encaisse/kernel';
import type { Transaction } from './transaction-state';

/** Why the card of a transaction cannot be blocked. */
export type BlockTransactionCardRefusal =
  { readonly code: 'no-card' } | { readonly code: 'no-stored-card' };

/**
 * Whether the card of a transaction can be put on a list of blocked cards: any transaction with a card, in
 * any state, at any time (CASH-21). The list is kept elsewhere, so that nothing is recorded here; it needs
 * the number once more, which the vault must still hold.
 */
export function blockTransactionCard(
  { hasStoredCard }: { readonly hasStoredCard: boolean },
  state: Transaction,
): Decision<never, BlockTransactionCardRefusal> {
  const hasCard =
    (state.kind === 'debit' || state.kind === 'refund') && state.request.card !== null;
  if (!hasCard) return refuse({ code: 'no-card' });
  return hasStoredCard ? accept() : refuse({ code: 'no-stored-card' });
}
