import {
  type BusinessDay,
  type Decision,
  type Instant,
  type Money,
  accept,
  businessDayOf,
  invariant,
  money,
  refuse,
} from '@encaisse/kernel';
import { LIMITS } from '../limits';
import { remainderMinor } from './amounts';
import { placeOf } from './place';
import {
  type AmountRefusal,
  type FactsRefusal,
  type IdReusedRefusal,
  type OperationFacts,
  type StandingRefusal,
  type WindowRefusal,
  amountRefusal,
  debitIn,
  factsRefusal,
  pastOperation,
  windowRefusal,
} from './rules';
import type {
  RefundAccepted,
  RefundPending,
  RefundRequested,
  TransactionId,
  TransactionRefundStarted,
  TransactionRefunded,
} from './transaction-events';
import type { Debit, Transaction } from './transaction-state';

/**
 * Gives money of a debit already sent back to the payment means used (CASH-05 to CASH-09).
 * French UI: « Rembourser ». Decided on the original's stream, which serialises concurrent refunds.
 */
export type RefundTransaction = OperationFacts & {
  readonly transactionId: TransactionId;
  /** Id of the operation and of the refund's own stream, chosen by the caller. */
  readonly refundId: TransactionId;
  readonly amount: Money;
  /** `pending` when a partner or the issuer must confirm: the amount is then reserved. */
  readonly outcome: 'accepted' | 'pending';
  readonly at: Instant;
};

/** Why a refund is refused. When several reasons apply, the first one listed is given. */
export type RefundRefusal =
  | IdReusedRefusal
  | StandingRefusal<'sent'>
  | FactsRefusal
  | WindowRefusal
  | AmountRefusal
  | { readonly code: 'refund-exceeds-remainder'; readonly refundable: Money };

export function refundTransaction(
  command: RefundTransaction,
  state: Transaction,
  limits = LIMITS,
): Decision<TransactionRefunded | TransactionRefundStarted, RefundRefusal> {
  const { transactionId, refundId, amount, at } = command;
  const earlier = pastOperation(state, refundId);
  if (earlier) {
    const isReplay =
      earlier.kind === 'refund' &&
      earlier.amount.minor === amount.minor &&
      earlier.amount.currency === amount.currency;
    return isReplay ? accept() : refuse({ code: 'id-reused' });
  }
  const standing = debitIn('sent', state);
  if ('refused' in standing) return standing;

  const { debit } = standing;
  const businessDay = businessDayOf(at);
  const { currency } = debit.request.amount;
  const refusal =
    factsRefusal(command) ??
    windowRefusal(debit, businessDay, limits) ??
    amountRefusal(amount, currency);
  if (refusal) return refuse(refusal);
  const remainder = remainderMinor(debit);
  if (amount.minor > remainder) {
    const refundable = money(remainder, currency);
    return refuse({ code: 'refund-exceeds-remainder', refundable });
  }
  const refund = { transactionId, refundId, amount };
  return command.outcome === 'pending'
    ? accept({ type: 'TransactionRefundStarted', data: { ...refund, startedAt: at } })
    : accept({ type: 'TransactionRefunded', data: { ...refund, refundedAt: at, businessDay } });
}

/** What opens a refund's own stream. */
export type OpenRefund = {
  readonly refundId: TransactionId;
  /** What people see of the refund, unique in the installation. */
  readonly transactionNumber: string;
  readonly amount: Money;
  readonly outcome: 'accepted' | 'pending';
  readonly at: Instant;
  /** The day of the original's event when it is opened later, by a consumer of that event. */
  readonly businessDay?: BusinessDay;
};

/**
 * The first events of a refund's own stream, from the debit it gives back (CASH-08). It leaves with
 * the next telecollection, so its planned date is its own day (CASH-09).
 */
export function openRefund(
  { refundId, transactionNumber, amount, outcome, at, businessDay = businessDayOf(at) }: OpenRefund,
  { request }: Debit,
): readonly [RefundRequested, RefundAccepted | RefundPending] {
  invariant(refundId !== request.transactionId, 'a refund has a stream of its own');
  const requested: RefundRequested = {
    type: 'RefundRequested',
    data: {
      transactionId: refundId,
      ...placeOf(request),
      transactionNumber,
      originalTransactionId: request.transactionId,
      originalTransactionNumber: request.transactionNumber,
      orderReference: request.orderReference,
      amount,
      channel: request.channel,
      wallet: request.wallet,
      archivingReference: request.archivingReference,
      card: request.card,
      cardholder: request.cardholder,
      clientCountry: request.clientCountry,
      requestedAt: at,
      businessDay,
    },
  };
  if (outcome === 'pending') {
    const data = { transactionId: refundId, pendingAt: at };
    return [requested, { type: 'RefundPending', data }];
  }
  const day = { businessDay, plannedDate: businessDay };
  const data = { transactionId: refundId, acceptedAt: at, ...day };
  return [requested, { type: 'RefundAccepted', data }];
}
