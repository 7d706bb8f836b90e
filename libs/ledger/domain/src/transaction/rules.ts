import {
  type BusinessDay,
  type Currency,
  type Money,
  addDays,
  businessDayOf,
} from '@encaisse/kernel';
import type { Limits } from '../limits';
import type { OperationId } from './transaction-events';
import type {
  Debit,
  DebitPhase,
  PastOperation,
  Refund,
  RefundPhase,
  Transaction,
} from './transaction-state';

/** What every cash operation is told about the world outside its stream. */
export type OperationFacts = {
  readonly isContractActive: boolean;
  /** Whether the payment means of the transaction supports this operation. */
  readonly isSupportedByMeans: boolean;
};

type PhaseRefusal = {
  readonly code: string;
  readonly status?: 'REFUSED' | 'ABANDONED';
  /** The operation that does what was meant. */
  readonly instead?: 'cancel' | 'refund' | null;
};

/** Why the phase of a debit forbids an operation, one answer per phase. */
const DEBIT_PHASE_REFUSALS = {
  requested: { code: 'authorization-in-progress' },
  authorized: { code: 'authorization-in-progress' },
  pending: { code: 'awaiting-confirmation' },
  'outcome-unknown': { code: 'outcome-unknown' },
  reversed: { code: 'outcome-unknown' },
  refused: { code: 'not-accepted', status: 'REFUSED' },
  abandoned: { code: 'not-accepted', status: 'ABANDONED' },
  'awaiting-capture': { code: 'awaiting-capture' },
  'to-send': { code: 'not-sent-yet', instead: 'cancel' },
  sent: { code: 'already-sent', instead: 'refund' },
  'set-aside': { code: 'set-aside' },
  cancelled: { code: 'already-cancelled' },
  'cancellation-sent': { code: 'already-cancelled' },
} as const satisfies Record<DebitPhase, PhaseRefusal>;

/** Why the phase of a refund forbids its sending, one answer per phase. */
const REFUND_PHASE_REFUSALS = {
  requested: { code: 'awaiting-confirmation' },
  pending: { code: 'awaiting-confirmation' },
  refused: { code: 'not-accepted', status: 'REFUSED' },
  'to-send': { code: 'to-send' },
  sent: { code: 'already-sent', instead: null },
  'set-aside': { code: 'set-aside' },
} as const satisfies Record<RefundPhase, PhaseRefusal>;

/** The stream holds nothing, or something that is no debit. */
export type NoDebitRefusal =
  | { readonly code: 'transaction-unknown' }
  | { readonly code: 'not-a-debit'; readonly type: 'REFUND' | 'CANCELLATION' };

/** A manual sending is under way: every other operation waits for it. */
export type InProgressRefusal = {
  readonly code: 'operation-in-progress';
  readonly sendingId: OperationId;
};

/** Why a debit that is not in the phase wanted refuses an operation. */
export type DebitPhaseRefusal<Wanted extends DebitPhase> = (typeof DEBIT_PHASE_REFUSALS)[Exclude<
  DebitPhase,
  Wanted
>];

/** Why a refund that is not to send refuses to be sent. */
export type RefundPhaseRefusal = (typeof REFUND_PHASE_REFUSALS)[Exclude<RefundPhase, 'to-send'>];

/** All that the stream alone can say against an operation on a debit in one phase. */
export type StandingRefusal<Wanted extends DebitPhase> =
  NoDebitRefusal | InProgressRefusal | DebitPhaseRefusal<Wanted>;

type Refused<Refusal> = { readonly refused: Refusal };

/** The debit of a stream, or why there is none. */
export function asDebit(state: Transaction): { readonly debit: Debit } | Refused<NoDebitRefusal> {
  switch (state.kind) {
    case 'none':
      return { refused: { code: 'transaction-unknown' } };
    case 'refund':
      return { refused: { code: 'not-a-debit', type: 'REFUND' } };
    case 'refused-cancellation':
      return { refused: { code: 'not-a-debit', type: 'CANCELLATION' } };
    case 'debit':
      return { debit: state };
  }
}

/** Why the phase forbids what is wanted; the caller has seen that it is not the wanted one. */
export function phaseRefusal<Wanted extends DebitPhase>(debit: Debit): DebitPhaseRefusal<Wanted> {
  return DEBIT_PHASE_REFUSALS[debit.phase] as DebitPhaseRefusal<Wanted>;
}

/** Why a refund cannot be sent; null when it can. */
export function refundPhaseRefusal(refund: Refund): RefundPhaseRefusal | null {
  if (refund.phase === 'to-send') return null;
  return REFUND_PHASE_REFUSALS[refund.phase];
}

/** The debit, free of any operation in progress and in the phase wanted, or why not. */
export function debitIn<Wanted extends DebitPhase>(
  wanted: Wanted,
  state: Transaction,
):
  | { readonly debit: Debit }
  | Refused<NoDebitRefusal | InProgressRefusal>
  | Refused<DebitPhaseRefusal<Wanted>> {
  const found = asDebit(state);
  if ('refused' in found) return found;
  const { debit } = found;
  if (debit.sendingId !== null) {
    return { refused: { code: 'operation-in-progress', sendingId: debit.sendingId } };
  }
  if (debit.phase === wanted) return found;
  const refused: Refused<DebitPhaseRefusal<Wanted>> = { refused: phaseRefusal<Wanted>(debit) };
  return refused;
}

/** The operation already carried out under an id, undefined when the id is new. */
export function pastOperation(
  state: Transaction,
  operationId: OperationId,
): PastOperation | undefined {
  if (state.kind !== 'debit' && state.kind !== 'refund') return undefined;
  return state.operations.find((operation) => operation.operationId === operationId);
}

/** The id was used for another operation, or for the same one with other content. */
export type IdReusedRefusal = { readonly code: 'id-reused' };

/** What the outside says against an operation. */
export type FactsRefusal =
  { readonly code: 'contract-inactive' } | { readonly code: 'means-cannot' };

/** Checks the contract, then the payment means. */
export function factsRefusal(facts: OperationFacts): FactsRefusal | null {
  if (!facts.isContractActive) return { code: 'contract-inactive' };
  if (!facts.isSupportedByMeans) return { code: 'means-cannot' };
  return null;
}

/** Too late: the last day allowed is past (CASH-03). */
export type WindowRefusal = { readonly code: 'window-closed'; readonly lastDay: BusinessDay };

/** The last day on which an accepted debit may be refunded, cancelled or captured (GEN-02). */
export function lastOperationDay(debit: Debit, limits: Limits): BusinessDay | null {
  return debit.acceptedOn && addDays(debit.acceptedOn, limits.cashOperationWindowDays);
}

/** Refuses once the days of CASH-03 are over. `today` is the Paris day of the command. */
export function windowRefusal(
  debit: Debit,
  today: BusinessDay,
  limits: Limits,
): WindowRefusal | null {
  const lastDay = lastOperationDay(debit, limits);
  return lastDay !== null && today > lastDay ? { code: 'window-closed', lastDay } : null;
}

/** An amount that no operation on this transaction can be of. */
export type AmountRefusal =
  | { readonly code: 'currency-mismatch'; readonly expected: Currency }
  | { readonly code: 'amount-not-positive' };

/** Checks the currency (GEN-01), then that there is something to move (CASH-06, CASH-15). */
export function amountRefusal(amount: Money, expected: Currency): AmountRefusal | null {
  if (amount.currency !== expected) return { code: 'currency-mismatch', expected };
  return amount.minor > 0 ? null : { code: 'amount-not-positive' };
}

/** The issuer may have freed the amount: go on only if the person says so (CASH-02). */
export type StaleAuthorizationRefusal = {
  readonly code: 'confirmation-required';
  readonly authorizedOn: BusinessDay;
  readonly validUntil: BusinessDay;
};

/** How long the issuer holds the amount of a debit; null before it was accepted. */
export function authorizationValidity(
  debit: Debit,
  limits: Limits,
): { readonly authorizedOn: BusinessDay; readonly validUntil: BusinessDay } | null {
  // A partner that confirms later gives no authorisation of its own: its confirmation counts.
  const { authorization } = debit;
  const authorizedOn = authorization ? businessDayOf(authorization.authorizedAt) : debit.acceptedOn;
  if (authorizedOn === null) return null;
  return { authorizedOn, validUntil: addDays(authorizedOn, limits.authorizationValidityDays) };
}

/** Asks for confirmation from the eighth day on. Refunds rest on no authorisation. */
export function staleAuthorizationRefusal(
  debit: Debit,
  today: BusinessDay,
  limits: Limits,
): StaleAuthorizationRefusal | null {
  const validity = authorizationValidity(debit, limits);
  if (validity === null || today <= validity.validUntil) return null;
  return { code: 'confirmation-required', ...validity };
}

/** Whether a transaction still to be sent rests on an authorisation the issuer may have freed. */
export function isAuthorizationStale(
  state: Transaction,
  today: BusinessDay,
  limits: Limits,
): boolean {
  if (state.kind !== 'debit') return false;
  if (state.phase !== 'awaiting-capture' && state.phase !== 'to-send') return false;
  return staleAuthorizationRefusal(state, today, limits) !== null;
}
