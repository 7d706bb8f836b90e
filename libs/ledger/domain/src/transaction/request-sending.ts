import { type Decision, type Instant, accept, businessDayOf, refuse } from '@encaisse/kernel';
import { LIMITS } from '../limits';
import {
  type DebitPhaseRefusal,
  type FactsRefusal,
  type IdReusedRefusal,
  type InProgressRefusal,
  type NoDebitRefusal,
  type OperationFacts,
  type RefundPhaseRefusal,
  type StaleAuthorizationRefusal,
  factsRefusal,
  pastOperation,
  phaseRefusal,
  refundPhaseRefusal,
  staleAuthorizationRefusal,
} from './rules';
import type { OperationId, SendingRequested, TransactionId } from './transaction-events';
import type { Transaction } from './transaction-state';

/**
 * Asks for a debit or a refund to be sent to the bank now, ahead of its planned date and for its
 * full amount (CASH-18). French UI: « Envoyer en banque ».
 */
export type RequestSending = OperationFacts & {
  readonly transactionId: TransactionId;
  /** Id of the sending: of one click, or shared by all the transactions of a mass sending. */
  readonly sendingId: OperationId;
  readonly at: Instant;
  /** The person was warned that the issuer may have freed the amount (CASH-02). */
  readonly acknowledgeStaleAuthorization: boolean;
};

/** Why a sending is refused. When several reasons apply, the first one listed is given. */
export type RequestSendingRefusal =
  | IdReusedRefusal
  | NoDebitRefusal
  | InProgressRefusal
  | DebitPhaseRefusal<'to-send'>
  | RefundPhaseRefusal
  | FactsRefusal
  | StaleAuthorizationRefusal;

function standingRefusal(state: Transaction): RequestSendingRefusal | null {
  switch (state.kind) {
    case 'none':
      return { code: 'transaction-unknown' };
    case 'refused-cancellation':
      return { code: 'not-a-debit', type: 'CANCELLATION' };
    case 'debit':
    case 'refund':
      if (state.sendingId !== null) {
        return { code: 'operation-in-progress', sendingId: state.sendingId };
      }
      if (state.kind === 'refund') return refundPhaseRefusal(state);
      return state.phase === 'to-send' ? null : phaseRefusal<'to-send'>(state);
  }
}

export function requestSending(
  command: RequestSending,
  state: Transaction,
  limits = LIMITS,
): Decision<SendingRequested, RequestSendingRefusal> {
  const { transactionId, sendingId, at } = command;
  const earlier = pastOperation(state, sendingId);
  if (earlier) return earlier.kind === 'send' ? accept() : refuse({ code: 'id-reused' });
  const refusal = standingRefusal(state) ?? factsRefusal(command);
  if (refusal) return refuse(refusal);

  const businessDay = businessDayOf(at);
  if (state.kind === 'debit' && !command.acknowledgeStaleAuthorization) {
    const stale = staleAuthorizationRefusal(state, businessDay, limits);
    if (stale) return refuse(stale);
  }
  const data = { transactionId, sendingId, requestedAt: at, businessDay };
  return accept({ type: 'SendingRequested', data });
}
