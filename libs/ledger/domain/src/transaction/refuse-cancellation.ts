import {
  type Decision,
  type Instant,
  accept,
  businessDayOf,
  money,
  refuse,
} from '@encaisse/kernel';
import { placeOf } from './place';
import { type IdReusedRefusal, type StandingRefusal, debitIn } from './rules';
import type { CancellationRefused, RefusalReason, TransactionId } from './transaction-events';
import type { Transaction } from './transaction-state';

/**
 * Records that the acquirer or a partner refused to cancel: an entry of its own (row 10) pointing
 * at the original, which stays to be sent.
 */
export type RefuseCancellation = {
  /** Id of the entry, chosen by the caller. */
  readonly transactionId: TransactionId;
  readonly transactionNumber: string;
  /** State of the debit that could not be cancelled. */
  readonly original: Transaction;
  readonly reason: RefusalReason;
  readonly responseCode: string | null;
  readonly at: Instant;
};

/** Why the entry is not made. When several reasons apply, the first one listed is given. */
export type RefuseCancellationRefusal = IdReusedRefusal | StandingRefusal<'to-send'>;

/** Decides on the entry's own stream, not on the original's. */
export function refuseCancellation(
  command: RefuseCancellation,
  entry: Transaction,
): Decision<CancellationRefused, RefuseCancellationRefusal> {
  const { transactionId, transactionNumber, original, reason, responseCode, at } = command;
  if (entry.kind !== 'none') {
    const isReplay =
      entry.kind === 'refused-cancellation' &&
      original.kind === 'debit' &&
      entry.entry.originalTransactionId === original.request.transactionId &&
      entry.entry.reason === reason &&
      entry.entry.responseCode === responseCode;
    return isReplay ? accept() : refuse({ code: 'id-reused' });
  }
  const standing = debitIn('to-send', original);
  if ('refused' in standing) return standing;

  const { request, debitedMinor } = standing.debit;
  const data = {
    transactionId,
    ...placeOf(request),
    transactionNumber,
    originalTransactionId: request.transactionId,
    orderReference: request.orderReference,
    amount: money(debitedMinor, request.amount.currency),
    reason,
    responseCode,
    refusedAt: at,
    businessDay: businessDayOf(at),
  };
  return accept({ type: 'CancellationRefused', data });
}
