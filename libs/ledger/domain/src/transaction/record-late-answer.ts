import { type Decision, type Instant, accept, refuse } from '@encaisse/kernel';
import { type NoDebitRefusal, asDebit } from './rules';
import type { LateAuthorizationAnswerReceived, TransactionId } from './transaction-events';
import type { Transaction } from './transaction-state';

/**
 * Records an answer of the acquirer that came after its time-out. It changes nothing: the reversal
 * goes on, and an approval that nobody waited for charges nobody.
 */
export type RecordLateAnswer = {
  readonly transactionId: TransactionId;
  readonly responseCode: string;
  readonly authorizationNumber: string | null;
  readonly at: Instant;
};

/** Why an answer is not a late one. When several reasons apply, the first one listed is given. */
export type RecordLateAnswerRefusal = NoDebitRefusal | { readonly code: 'answer-not-late' };

export function recordLateAnswer(
  { transactionId, responseCode, authorizationNumber, at }: RecordLateAnswer,
  state: Transaction,
): Decision<LateAuthorizationAnswerReceived, RecordLateAnswerRefusal> {
  const found = asDebit(state);
  if ('refused' in found) return found;
  const { debit } = found;
  if (!debit.wasOutcomeUnknown) return refuse({ code: 'answer-not-late' });
  const isKnown = debit.lateAnswers.some(
    (answer) =>
      answer.responseCode === responseCode && answer.authorizationNumber === authorizationNumber,
  );
  if (isKnown) return accept();
  const data = { transactionId, responseCode, authorizationNumber, receivedAt: at };
  return accept({ type: 'LateAuthorizationAnswerReceived', data });
}
