import { invariant } from '@encaisse/kernel';
import type { Evolutions } from './evolutions';
import type { Debit, DebitPhase, Transaction } from './transaction-state';

/** The debit of a stream. Throws when the stream holds no payment or stands elsewhere. */
export function debitOf(state: Transaction, what: string, ...phases: readonly DebitPhase[]): Debit {
  invariant(state.kind === 'debit', `${what} needs a debit, the stream holds ${state.kind}`);
  invariant(phases.includes(state.phase), `${what} cannot follow the phase ${state.phase}`);
  return state;
}

/** How the events of the authorisation change a debit. */
export const PAYMENT_EVOLUTIONS: Evolutions<
  | 'PaymentRequested'
  | 'PaymentAuthorized'
  | 'PaymentAccepted'
  | 'PaymentRefused'
  | 'PaymentPending'
  | 'PaymentConfirmed'
  | 'PaymentAbandoned'
  | 'AuthorizationOutcomeUnknown'
  | 'AuthorizationReversed'
  | 'LateAuthorizationAnswerReceived'
> = {
  PaymentRequested(state, request) {
    invariant(state.kind === 'none', 'a payment is requested once, first in its stream');
    invariant(request.amount.minor > 0, 'a payment is of a positive amount');
    return {
      kind: 'debit',
      phase: 'requested',
      request,
      authorization: null,
      refusal: null,
      wasOutcomeUnknown: false,
      lateAnswers: [],
      acceptedOn: null,
      debitedMinor: request.amount.minor,
      refundedMinor: 0,
      refundsInProgress: [],
      plannedDate: null,
      sendingId: null,
      remittanceIds: [],
      operations: [],
    };
  },
  PaymentAuthorized(state, authorization) {
    const debit = debitOf(state, 'an authorisation', 'requested');
    return { ...debit, phase: 'authorized', authorization };
  },
  PaymentAccepted(state, { businessDay, plannedDate }) {
    const debit = debitOf(state, 'an acceptance', 'requested', 'authorized');
    const { authorizationOnly, amount } = debit.request;
    return {
      ...debit,
      phase: authorizationOnly ? 'awaiting-capture' : 'to-send',
      debitedMinor: authorizationOnly ? 0 : amount.minor,
      acceptedOn: businessDay,
      plannedDate,
    };
  },
  PaymentRefused(state, refusal) {
    const debit = debitOf(state, 'a refusal', 'requested', 'pending', 'reversed');
    return { ...debit, phase: 'refused', refusal };
  },
  PaymentPending(state) {
    return { ...debitOf(state, 'a wait for a partner', 'requested'), phase: 'pending' };
  },
  PaymentConfirmed(state, { operationId, businessDay, plannedDate }) {
    const debit = debitOf(state, 'a confirmation', 'pending');
    const confirmed: Debit = { ...debit, phase: 'to-send', acceptedOn: businessDay, plannedDate };
    if (operationId === null) return confirmed;
    return { ...confirmed, operations: [...debit.operations, { kind: 'confirm', operationId }] };
  },
  PaymentAbandoned(state) {
    return { ...debitOf(state, 'an abandonment', 'requested'), phase: 'abandoned' };
  },
  AuthorizationOutcomeUnknown(state) {
    const debit = debitOf(state, 'a missing answer', 'requested');
    return { ...debit, phase: 'outcome-unknown', wasOutcomeUnknown: true };
  },
  AuthorizationReversed(state) {
    return { ...debitOf(state, 'a reversal', 'outcome-unknown'), phase: 'reversed' };
  },
  LateAuthorizationAnswerReceived(state, { responseCode, authorizationNumber }) {
    invariant(state.kind === 'debit', 'a late answer is about a debit');
    invariant(state.wasOutcomeUnknown, 'an answer is late only once its outcome was unknown');
    const answer = { responseCode, authorizationNumber };
    return { ...state, lateAnswers: [...state.lateAnswers, answer] };
  },
};
