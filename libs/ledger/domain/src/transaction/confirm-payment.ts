import {
  type Decision,
  type Instant,
  accept,
  addDays,
  businessDayOf,
  refuse,
} from '@encaisse/kernel';
import { type OutcomeRefusal, outcomeRefusal } from './payment-outcome';
import { type IdReusedRefusal, asDebit, pastOperation } from './rules';
import type { OperationId, PaymentConfirmed, TransactionId } from './transaction-events';
import type { Debit, Transaction } from './transaction-state';

/** Ends the wait for a partner: the payment stands and is to be sent. */
export type ConfirmPayment = {
  readonly transactionId: TransactionId;
  /** Null when the partner itself confirms; the id of the operation when a person validates. */
  readonly operationId: OperationId | null;
  readonly at: Instant;
};

/** Why a payment is not confirmed. When several reasons apply, the first one listed is given. */
export type ConfirmPaymentRefusal =
  | IdReusedRefusal
  | Exclude<OutcomeRefusal, { readonly code: 'awaiting-confirmation' }>
  | { readonly code: 'authorization-in-progress' };

/** The events of a confirmation; the caller has seen that the debit waits for one. */
export function paymentConfirmed(
  { transactionId, operationId, at }: ConfirmPayment,
  debit: Debit,
): PaymentConfirmed {
  const businessDay = businessDayOf(at);
  const plannedDate = addDays(businessDay, debit.request.deferralDays);
  const data = { transactionId, operationId, confirmedAt: at, businessDay, plannedDate };
  return { type: 'PaymentConfirmed', data };
}

export function confirmPayment(
  command: ConfirmPayment,
  state: Transaction,
): Decision<PaymentConfirmed, ConfirmPaymentRefusal> {
  const earlier = command.operationId && pastOperation(state, command.operationId);
  if (earlier) return earlier.kind === 'confirm' ? accept() : refuse({ code: 'id-reused' });
  const found = asDebit(state);
  if ('refused' in found) return found;
  const { debit } = found;
  if (debit.phase === 'requested') return refuse({ code: 'authorization-in-progress' });
  // Partners repeat themselves: a payment accepted without an authorisation was confirmed before.
  const wasConfirmed = debit.authorization === null && debit.acceptedOn !== null;
  if (command.operationId === null && wasConfirmed) return accept();
  if (debit.phase !== 'pending') {
    return refuse(
      outcomeRefusal(debit) as Exclude<OutcomeRefusal, { code: 'awaiting-confirmation' }>,
    );
  }
  return accept(paymentConfirmed(command, debit));
}
