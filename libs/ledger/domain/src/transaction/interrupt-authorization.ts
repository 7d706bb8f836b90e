import type { Decision, Instant } from '@encaisse/kernel';
import type { OutcomeRefusal } from './payment-outcome';
import { outcomeUnknown } from './record-unknown-outcome';
import type { AuthorizationOutcomeUnknown, TransactionId } from './transaction-events';
import type { Transaction } from './transaction-state';

/**
 * After a crash: the intent is recorded and its outcome is not, so the acquirer may have been asked.
 * What is unknown is reversed, never guessed (M12).
 */
export type InterruptAuthorization = {
  readonly transactionId: TransactionId;
  readonly at: Instant;
};

export function interruptAuthorization(
  { transactionId, at }: InterruptAuthorization,
  state: Transaction,
): Decision<AuthorizationOutcomeUnknown, OutcomeRefusal> {
  return outcomeUnknown(transactionId, 'interrupted', at, state);
}
