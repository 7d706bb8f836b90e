import {
  type Decision,
  type Instant,
  accept,
  businessDayOf,
  invariant,
  refuse,
} from '@encaisse/kernel';
import type { PaymentRequested } from './transaction-events';
import type { Transaction } from './transaction-state';

/**
 * Records what is about to be asked of the acquirer, before it is asked (M12).
 * The transaction id is chosen by the caller and makes a retry safe.
 */
export type RequestPayment = Omit<PaymentRequested['data'], 'requestedAt' | 'businessDay'> & {
  readonly at: Instant;
};

/** Why a payment is not even recorded. When several reasons apply, the first one listed is given. */
export type RequestPaymentRefusal =
  { readonly code: 'id-reused' } | { readonly code: 'amount-not-positive' };

export function requestPayment(
  { at, ...request }: RequestPayment,
  state: Transaction,
): Decision<PaymentRequested, RequestPaymentRefusal> {
  if (state.kind !== 'none') {
    const isSame = state.kind === 'debit' && state.request.fingerprint === request.fingerprint;
    return isSame ? accept() : refuse({ code: 'id-reused' });
  }
  if (request.amount.minor <= 0) return refuse({ code: 'amount-not-positive' });
  invariant(
    Number.isInteger(request.deferralDays) && request.deferralDays >= 0,
    'a deferral is a whole number of days',
  );
  const data = { ...request, requestedAt: at, businessDay: businessDayOf(at) };
  return accept({ type: 'PaymentRequested', data });
}
