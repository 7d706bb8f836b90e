import {
  type Decision,
  type Instant,
  type Money,
  accept,
  businessDayOf,
  refuse,
} from '@encaisse/kernel';
import { LIMITS } from '../limits';
import {
  type AmountRefusal,
  type FactsRefusal,
  type IdReusedRefusal,
  type InProgressRefusal,
  type NoDebitRefusal,
  type OperationFacts,
  type StaleAuthorizationRefusal,
  type StandingRefusal,
  type WindowRefusal,
  amountRefusal,
  debitIn,
  factsRefusal,
  pastOperation,
  staleAuthorizationRefusal,
  windowRefusal,
} from './rules';
import type { OperationId, TransactionCaptured, TransactionId } from './transaction-events';
import type { Transaction } from './transaction-state';

/**
 * Makes an authorisation-only payment available to the next telecollection (CASH-14), in total or
 * in part (CASH-15). French UI: « Capturer ».
 */
export type CaptureTransaction = OperationFacts & {
  readonly transactionId: TransactionId;
  readonly operationId: OperationId;
  readonly amount: Money;
  readonly at: Instant;
  /** The person was warned that the issuer may have freed the amount (CASH-02). */
  readonly acknowledgeStaleAuthorization: boolean;
};

type Standing = Exclude<
  StandingRefusal<'awaiting-capture'>,
  { readonly code: 'not-sent-yet' | 'already-sent' | 'set-aside' }
>;

/** Why a capture is refused. When several reasons apply, the first one listed is given. */
export type CaptureRefusal =
  | IdReusedRefusal
  | NoDebitRefusal
  | InProgressRefusal
  | Standing
  /** One capture only per authorisation, whole or partial (CASH-15). */
  | { readonly code: 'already-captured'; readonly captured: Money }
  /** A debit that was never authorisation-only. */
  | { readonly code: 'nothing-to-capture' }
  | FactsRefusal
  | WindowRefusal
  | AmountRefusal
  | { readonly code: 'capture-exceeds-authorized'; readonly authorized: Money }
  | StaleAuthorizationRefusal;

/** A debit past its capture, or that never needed one, says so rather than where it stands. */
function standingRefusal(
  refusal: StandingRefusal<'awaiting-capture'>,
  state: Transaction,
): CaptureRefusal {
  switch (refusal.code) {
    case 'not-sent-yet':
    case 'already-sent':
    case 'set-aside': {
      const operations = state.kind === 'debit' ? state.operations : [];
      const capture = operations.find(({ kind }) => kind === 'capture');
      if (capture?.kind !== 'capture') return { code: 'nothing-to-capture' };
      return { code: 'already-captured', captured: capture.amount };
    }
    default:
      return refusal;
  }
}

export function captureTransaction(
  command: CaptureTransaction,
  state: Transaction,
  limits = LIMITS,
): Decision<TransactionCaptured, CaptureRefusal> {
  const { transactionId, operationId, amount, at } = command;
  const earlier = pastOperation(state, operationId);
  if (earlier) {
    const isReplay =
      earlier.kind === 'capture' &&
      earlier.amount.minor === amount.minor &&
      earlier.amount.currency === amount.currency;
    return isReplay ? accept() : refuse({ code: 'id-reused' });
  }
  const standing = debitIn('awaiting-capture', state);
  if ('refused' in standing) return refuse(standingRefusal(standing.refused, state));

  const { debit } = standing;
  const businessDay = businessDayOf(at);
  const authorized = debit.request.amount;
  const refusal =
    factsRefusal(command) ??
    windowRefusal(debit, businessDay, limits) ??
    amountRefusal(amount, authorized.currency);
  if (refusal) return refuse(refusal);
  if (amount.minor > authorized.minor) {
    return refuse({ code: 'capture-exceeds-authorized', authorized });
  }
  if (!command.acknowledgeStaleAuthorization) {
    const stale = staleAuthorizationRefusal(debit, businessDay, limits);
    if (stale) return refuse(stale);
  }
  const data = { transactionId, operationId, amount, capturedAt: at, businessDay };
  return accept({ type: 'TransactionCaptured', data });
}
