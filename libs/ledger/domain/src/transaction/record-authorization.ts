import { type Decision, type Instant, accept, addDays, businessDayOf } from '@encaisse/kernel';
import { type OutcomeRefusal, undecidedDebit } from './payment-outcome';
import type { PaymentAccepted, PaymentAuthorized, TransactionId } from './transaction-events';
import type { Transaction } from './transaction-state';

/**
 * Records that the acquirer authorised the payment. The authorisation itself is the operation: the
 * same answer recorded again changes nothing.
 */
export type RecordAuthorization = {
  readonly transactionId: TransactionId;
  readonly authorizationNumber: string;
  readonly responseCode: string;
  readonly at: Instant;
};

export function recordAuthorization(
  { transactionId, authorizationNumber, responseCode, at }: RecordAuthorization,
  state: Transaction,
): Decision<PaymentAuthorized | PaymentAccepted, OutcomeRefusal> {
  const earlier = state.kind === 'debit' ? state.authorization : null;
  const isReplay =
    earlier?.authorizationNumber === authorizationNumber && earlier.responseCode === responseCode;
  if (isReplay) return accept();
  const undecided = undecidedDebit(state);
  if ('refused' in undecided) return undecided;

  const businessDay = businessDayOf(at);
  const plannedDate = addDays(businessDay, undecided.debit.request.deferralDays);
  return accept<PaymentAuthorized | PaymentAccepted>(
    {
      type: 'PaymentAuthorized',
      data: { transactionId, authorizationNumber, responseCode, authorizedAt: at },
    },
    { type: 'PaymentAccepted', data: { transactionId, acceptedAt: at, businessDay, plannedDate } },
  );
}
