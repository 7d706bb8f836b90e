import { invariant } from '@encaisse/kernel';
import { ALLOWED_TRIPLES, allowedTriple, type TransactionEvent } from '@encaisse/ledger/domain';
import type { Triple } from '@encaisse/ledger/domain';
import type { JournalRow } from './journal-row';
import { refusedCancellation, requestedPayment, requestedRefund } from './new-journal-row';

/** Number of a combination in the table of the state model. Throws on one that may not exist. */
function combination(
  type: Triple['type'],
  status: Triple['status'],
  acquirerStatus: Triple['acquirerStatus'],
): number {
  const allowed = allowedTriple({ type, status, acquirerStatus });
  invariant(allowed !== null, `${type} ${status} ${acquirerStatus} may not exist`);
  return allowed.row;
}

export const DEBIT_SENT = combination('DEBIT', 'ACCEPTED', 'SENT');
export const DEBIT_TO_SEND = combination('DEBIT', 'ACCEPTED', 'TO_SEND');
export const REFUND_SENT = combination('REFUND', 'ACCEPTED', 'SENT');
export const REFUND_TO_SEND = combination('REFUND', 'ACCEPTED', 'TO_SEND');
const AWAITING_CAPTURE = combination('DEBIT', 'ACCEPTED', 'AWAITING_CAPTURE');
const DEBIT_REFUSED = combination('DEBIT', 'REFUSED', 'NOT_APPLICABLE');
const REFUND_REFUSED = combination('REFUND', 'REFUSED', 'NOT_APPLICABLE');
const CANCELLATION_SENT = combination('CANCELLATION', 'ACCEPTED', 'SENT');
const CANCELLATION_TO_SEND = combination('CANCELLATION', 'ACCEPTED', 'TO_SEND');
const DEBIT_PENDING = combination('DEBIT', 'PENDING', 'AWAITING_CONFIRMATION');
const ABANDONED = combination('DEBIT', 'ABANDONED', 'NOT_APPLICABLE');
const DEBIT_SET_ASIDE = combination('DEBIT', 'ACCEPTED', 'SET_ASIDE');
const REFUND_SET_ASIDE = combination('REFUND', 'ACCEPTED', 'SET_ASIDE');
const REFUND_PENDING = combination('REFUND', 'PENDING', 'AWAITING_CONFIRMATION');

const SENT_AFTER: Readonly<Record<number, number>> = {
  [DEBIT_TO_SEND]: DEBIT_SENT,
  [REFUND_TO_SEND]: REFUND_SENT,
  [CANCELLATION_TO_SEND]: CANCELLATION_SENT,
};

/** Combinations in which the debited amount, less the refunds, is what is left. */
const TAKEN: ReadonlySet<number> = new Set([DEBIT_SENT, DEBIT_TO_SEND, DEBIT_SET_ASIDE]);

/** The combination of a row, for display. */
export function tripleOfRow(row: number): Triple {
  const found = ALLOWED_TRIPLES[row - 1];
  invariant(found?.row === row, `no combination ${row}`);
  return found;
}

/**
 * A row of the journal after one more event of its stream. Changes the row in place: a rebuild folds
 * millions of events. Throws on an event that cannot come first, or whose row is missing.
 */
export function foldTransaction(row: JournalRow | undefined, event: TransactionEvent): JournalRow {
  switch (event.type) {
    case 'PaymentRequested':
      return requestedPayment(event.data);
    case 'RefundRequested':
      return requestedRefund(event.data);
    case 'CancellationRefused':
      return refusedCancellation(event.data);
    default:
      invariant(row, `${event.type} of ${event.data.transactionId} has no first event`);
      change(row, event);
      row.currentMinor = currentMinor(row);
      return row;
  }
}

type ChangeEvent = Exclude<
  TransactionEvent,
  { type: 'PaymentRequested' | 'RefundRequested' | 'CancellationRefused' }
>;

/** What is left after the operations made (TRX-34). */
function currentMinor(row: JournalRow): number {
  const { combination: at, initialMinor, debitedMinor, refundedMinor } = row;
  if (at === CANCELLATION_SENT || at === CANCELLATION_TO_SEND) return 0;
  if (at !== null && TAKEN.has(at)) return (debitedMinor ?? 0) - refundedMinor;
  return initialMinor;
}

function change(row: JournalRow, event: ChangeEvent): void {
  switch (event.type) {
    case 'PaymentAuthorized':
      row.authorizationNumber = event.data.authorizationNumber;
      row.responseCode = event.data.responseCode;
      row.authorizedAt = event.data.authorizedAt;
      return;
    case 'PaymentAccepted':
      row.combination = row.isAuthorizationOnly ? AWAITING_CAPTURE : DEBIT_TO_SEND;
      row.debitedMinor = row.isAuthorizationOnly ? 0 : row.initialMinor;
      return accepted(row, event.data.acceptedAt, event.data);
    case 'PaymentConfirmed':
      row.combination = DEBIT_TO_SEND;
      return accepted(row, event.data.confirmedAt, event.data);
    case 'RefundAccepted':
      row.combination = REFUND_TO_SEND;
      return accepted(row, event.data.acceptedAt, event.data);
    case 'RefundConfirmed':
      row.combination = REFUND_TO_SEND;
      return accepted(row, event.data.confirmedAt, event.data);
    case 'PaymentRefused':
      row.combination = DEBIT_REFUSED;
      return refused(row, event.data);
    case 'RefundRefused':
      row.combination = REFUND_REFUSED;
      return refused(row, event.data);
    case 'PaymentPending':
    case 'AuthorizationOutcomeUnknown':
      row.combination = DEBIT_PENDING;
      return;
    case 'RefundPending':
      row.combination = REFUND_PENDING;
      return;
    case 'PaymentAbandoned':
      row.combination = ABANDONED;
      return;
    case 'AuthorizationReversed':
    case 'LateAuthorizationAnswerReceived':
    case 'SendingRequested':
      return;
    default:
      return operate(row, event);
  }
}

type OperationEvent = Extract<
  ChangeEvent,
  {
    type:
      | 'TransactionCaptured'
      | 'TransactionCancelled'
      | 'TransactionModified'
      | 'TransactionRefundStarted'
      | 'TransactionRefunded'
      | 'TransactionRefundFailed'
      | 'TransactionSentToBank'
      | 'TransactionSetAside'
      | 'TransactionPutBack';
  }
>;

function operate(row: JournalRow, event: OperationEvent): void {
  switch (event.type) {
    case 'TransactionCaptured':
      row.combination = DEBIT_TO_SEND;
      row.debitedMinor = event.data.amount.minor;
      row.capturedAt = event.data.capturedAt;
      return;
    case 'TransactionCancelled':
      row.combination = CANCELLATION_TO_SEND;
      row.cancelledAt = event.data.cancelledAt;
      return;
    case 'TransactionModified':
      row.debitedMinor = event.data.amount.minor;
      row.plannedDate = event.data.plannedDate;
      return;
    case 'TransactionRefundStarted':
      row.refundsInProgress = [...(row.refundsInProgress ?? []), event.data.refundId];
      row.refundingMinor += event.data.amount.minor;
      return;
    case 'TransactionRefunded':
      settleRefund(row, event.data);
      row.refundedMinor += event.data.amount.minor;
      return;
    case 'TransactionRefundFailed':
      return settleRefund(row, event.data);
    case 'TransactionSentToBank':
      return send(row, event.data);
    case 'TransactionSetAside':
      row.combination = isRefund(row) ? REFUND_SET_ASIDE : DEBIT_SET_ASIDE;
      row.setAsideReason = event.data.reason;
      row.setAsideDetail = event.data.detail;
      return;
    case 'TransactionPutBack':
      row.combination = isRefund(row) ? REFUND_TO_SEND : DEBIT_TO_SEND;
      row.plannedDate = event.data.plannedDate;
      return leaveRemittance(row);
  }
}

type EventData<Type extends TransactionEvent['type']> = Extract<
  TransactionEvent,
  { type: Type }
>['data'];

function accepted(
  row: JournalRow,
  at: NonNullable<JournalRow['acceptedAt']>,
  { businessDay, plannedDate }: Pick<EventData<'PaymentAccepted'>, 'businessDay' | 'plannedDate'>,
): void {
  row.acceptedAt = at;
  row.acceptedOn = businessDay;
  row.plannedDate = plannedDate;
}

function refused(
  row: JournalRow,
  { reason, responseCode }: Pick<EventData<'PaymentRefused'>, 'reason' | 'responseCode'>,
): void {
  row.refusalReason = reason;
  row.responseCode = responseCode ?? row.responseCode;
}

/** A refund that was in progress is so no longer, accepted or not. */
function settleRefund(
  row: JournalRow,
  { refundId, amount }: Pick<EventData<'TransactionRefunded'>, 'refundId' | 'amount'>,
): void {
  if (!row.refundsInProgress?.includes(refundId)) return;
  const left = row.refundsInProgress.filter((other) => other !== refundId);
  row.refundsInProgress = left.length > 0 ? left : null;
  row.refundingMinor -= amount.minor;
}

function send(row: JournalRow, data: EventData<'TransactionSentToBank'>): void {
  const sent = SENT_AFTER[row.combination ?? 0];
  invariant(sent, `${row.transactionId} is sent from the combination ${row.combination ?? 0}`);
  row.combination = sent;
  row.remittanceId = data.remittanceId;
  row.remittanceNumber = data.remittanceNumber;
  row.sentAt = data.sentAt;
  row.sentOn = data.businessDay;
}

/** What a remittance rejected can be put in another one; the first still lists it. */
function leaveRemittance(row: JournalRow): void {
  if (row.remittanceId !== null)
    row.earlierRemittances = [...(row.earlierRemittances ?? []), row.remittanceId];
  row.remittanceId = null;
  row.remittanceNumber = null;
  row.sentAt = null;
  row.sentOn = null;
  row.setAsideReason = null;
  row.setAsideDetail = null;
}

/** Only refunds have no debited amount and a place on the way to the bank. */
function isRefund(row: JournalRow): boolean {
  return row.debitedMinor === null;
}
