import { type Decision, type Instant, accept, refuse } from '@encaisse/kernel';
import { type NoDebitRefusal, asDebit } from './rules';
import type { AuthorizationReversed, PaymentRefused, TransactionId } from './transaction-events';
import type { Transaction } from './transaction-state';

/** Records that the acquirer answered the reversal: no authorisation is left alive (D13). */
export type SettleUnknownOutcome = {
  readonly transactionId: TransactionId;
  /** The acquirer's answer to the reversal. */
  readonly responseCode: string;
  readonly at: Instant;
};

/** Why there is nothing to settle. When several reasons apply, the first one listed is given. */
export type SettleUnknownOutcomeRefusal = NoDebitRefusal | { readonly code: 'outcome-not-unknown' };

export function settleUnknownOutcome(
  { transactionId, responseCode, at }: SettleUnknownOutcome,
  state: Transaction,
): Decision<AuthorizationReversed | PaymentRefused, SettleUnknownOutcomeRefusal> {
  const found = asDebit(state);
  if ('refused' in found) return found;
  const { debit } = found;
  if (debit.wasOutcomeUnknown && debit.phase === 'refused') return accept();
  if (debit.phase !== 'outcome-unknown') return refuse({ code: 'outcome-not-unknown' });
  // The answer to the authorisation was never known, so the refusal carries no code of the acquirer.
  const refusal = { reason: 'TECHNICAL_ERROR', responseCode: null } as const;
  return accept<AuthorizationReversed | PaymentRefused>(
    { type: 'AuthorizationReversed', data: { transactionId, responseCode, reversedAt: at } },
    { type: 'PaymentRefused', data: { transactionId, ...refusal, refusedAt: at } },
  );
}
