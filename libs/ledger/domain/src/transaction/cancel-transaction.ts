import {
  type Decision,
  type Instant,
  accept,
  businessDayOf,
  money,
  refuse,
} from '@encaisse/kernel';
import { LIMITS } from '../limits';
import {
  type FactsRefusal,
  type IdReusedRefusal,
  type OperationFacts,
  type StandingRefusal,
  type WindowRefusal,
  debitIn,
  factsRefusal,
  pastOperation,
  windowRefusal,
} from './rules';
import type { OperationId, TransactionCancelled, TransactionId } from './transaction-events';
import type { Debit, Transaction } from './transaction-state';

/**
 * Takes back, before telecollection, a debit that is still to be sent, always for its full amount
 * (CASH-10 to CASH-12). French UI: « Annuler ».
 */
export type CancelTransaction = OperationFacts & {
  readonly transactionId: TransactionId;
  readonly operationId: OperationId;
  readonly at: Instant;
};

/** Money already given back, or about to be: what is left can only be refunded once sent. */
export type HasRefundsRefusal = { readonly code: 'has-refunds' };

/** Why a cancellation is refused. When several reasons apply, the first one listed is given. */
export type CancelRefusal =
  IdReusedRefusal | StandingRefusal<'to-send'> | HasRefundsRefusal | FactsRefusal | WindowRefusal;

/** Refuses when refunds were accepted or are in progress; a refused refund leaves nothing behind. */
export function hasRefundsRefusal(debit: Debit): HasRefundsRefusal | null {
  const hasRefunds = debit.refundedMinor > 0 || debit.refundsInProgress.length > 0;
  return hasRefunds ? { code: 'has-refunds' } : null;
}

export function cancelTransaction(
  command: CancelTransaction,
  state: Transaction,
  limits = LIMITS,
): Decision<TransactionCancelled, CancelRefusal> {
  const { transactionId, operationId, at } = command;
  const earlier = pastOperation(state, operationId);
  if (earlier) return earlier.kind === 'cancel' ? accept() : refuse({ code: 'id-reused' });
  const standing = debitIn('to-send', state);
  if ('refused' in standing) return standing;

  const { debit } = standing;
  const businessDay = businessDayOf(at);
  const refusal =
    hasRefundsRefusal(debit) ?? factsRefusal(command) ?? windowRefusal(debit, businessDay, limits);
  if (refusal) return refuse(refusal);
  const amount = money(debit.debitedMinor, debit.request.amount.currency);
  const data = { transactionId, operationId, amount, cancelledAt: at, businessDay };
  return accept({ type: 'TransactionCancelled', data });
}
