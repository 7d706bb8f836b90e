import { type Decision, type Instant, accept, refuse } from '@encaisse/kernel';
import { LIMITS } from '../limits';
import { type CaptureRefusal, captureTransaction } from './capture-transaction';
import { paymentConfirmed } from './confirm-payment';
import {
  type FactsRefusal,
  type IdReusedRefusal,
  type OperationFacts,
  type StandingRefusal,
  debitIn,
  factsRefusal,
  pastOperation,
} from './rules';
import type {
  OperationId,
  PaymentConfirmed,
  TransactionCaptured,
  TransactionId,
} from './transaction-events';
import type { PastOperation, Transaction } from './transaction-state';

/**
 * Lets a payment go on, in full: captures an authorisation, or releases a payment a partner has to
 * confirm (PAY-19). French UI: « Valider ». Never ends an unknown outcome, whoever asks.
 */
export type ValidateTransaction = OperationFacts & {
  readonly transactionId: TransactionId;
  readonly operationId: OperationId;
  readonly at: Instant;
  /** The person was warned that the issuer may have freed the amount (CASH-02). */
  readonly acknowledgeStaleAuthorization: boolean;
};

/** Why a validation is refused. When several reasons apply, the first one listed is given. */
export type ValidateRefusal =
  | IdReusedRefusal
  | Exclude<
      StandingRefusal<'pending'>,
      { readonly code: 'awaiting-capture' | 'not-sent-yet' | 'already-sent' | 'set-aside' }
    >
  /** It is accepted already: nothing is left to let go. */
  | { readonly code: 'nothing-to-validate' }
  | FactsRefusal
  | Exclude<CaptureRefusal, { readonly code: 'nothing-to-capture' | 'already-captured' }>;

function isSameValidation(earlier: PastOperation, state: Transaction): boolean {
  if (earlier.kind === 'confirm') return true;
  if (earlier.kind !== 'capture' || state.kind !== 'debit') return false;
  return earlier.amount.minor === state.request.amount.minor;
}

export function validateTransaction(
  command: ValidateTransaction,
  state: Transaction,
  limits = LIMITS,
): Decision<TransactionCaptured | PaymentConfirmed, ValidateRefusal> {
  const earlier = pastOperation(state, command.operationId);
  if (earlier) {
    return isSameValidation(earlier, state) ? accept() : refuse({ code: 'id-reused' });
  }
  const standing = debitIn('pending', state);
  if ('debit' in standing) {
    const refusal = factsRefusal(command);
    return refusal ? refuse(refusal) : accept(paymentConfirmed(command, standing.debit));
  }
  switch (standing.refused.code) {
    case 'awaiting-capture': {
      if (state.kind !== 'debit') return standing as { refused: ValidateRefusal };
      const capture = { ...command, amount: state.request.amount };
      return captureTransaction(capture, state, limits) as Decision<
        TransactionCaptured,
        ValidateRefusal
      >;
    }
    case 'not-sent-yet':
    case 'already-sent':
    case 'set-aside':
      return refuse({ code: 'nothing-to-validate' });
    default:
      return refuse(standing.refused);
  }
}
