import { type Decision, type Instant, accept } from '@encaisse/kernel';
import { type OutcomeRefusal, undecidedDebit } from './payment-outcome';
import type { AuthorizationOutcomeUnknown, TransactionId } from './transaction-events';
import type { Transaction } from './transaction-state';

/** Records that the acquirer was asked and nobody knows what it answered (D13). */
export type RecordUnknownOutcome = {
  readonly transactionId: TransactionId;
  readonly cause: 'timeout' | 'connection-lost';
  readonly at: Instant;
};

/** The fact that no answer is known, once: said again, it changes nothing. */
export function outcomeUnknown(
  transactionId: TransactionId,
  cause: AuthorizationOutcomeUnknown['data']['cause'],
  at: Instant,
  state: Transaction,
): Decision<AuthorizationOutcomeUnknown, OutcomeRefusal> {
  if (state.kind === 'debit' && state.phase === 'outcome-unknown') return accept();
  const undecided = undecidedDebit(state);
  if ('refused' in undecided) return undecided;
  const data = { transactionId, cause, unknownSince: at };
  return accept({ type: 'AuthorizationOutcomeUnknown', data });
}

export function recordUnknownOutcome(
  { transactionId, cause, at }: RecordUnknownOutcome,
  state: Transaction,
): Decision<AuthorizationOutcomeUnknown, OutcomeRefusal> {
  return outcomeUnknown(transactionId, cause, at, state);
}
