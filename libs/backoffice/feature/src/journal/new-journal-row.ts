import type {
  CancellationRefused,
  PaymentRequested,
  RefundRequested,
} from '@encaisse/ledger/domain';
import type { JournalRow } from './journal-row';

type Opening = PaymentRequested['data'] | RefundRequested['data'];
type First = Opening | CancellationRefused['data'];

/** Facts of the first event that the kinds of transaction do not share. */
type Own = Pick<
  JournalRow,
  | 'createdAt'
  | 'combination'
  | 'debitedMinor'
  | 'isAuthorizationOnly'
  | 'originalTransactionId'
  | 'originalTransactionNumber'
  | 'duplicateOf'
  | 'refusalReason'
  | 'responseCode'
>;

/**
 * One literal with every field in order: objects made by spreading are several times slower to make
 * and to fold, and a rebuild makes millions.
 */
function newRow(data: First, opening: Opening | null, own: Own): JournalRow {
  const card = opening?.card ?? null;
  return {
    transactionId: data.transactionId,
    environment: data.environment,
    shopId: data.shopId,
    contractId: data.contractId,
    contractNumber: data.contractNumber,
    rank: data.rank,
    paymentMeans: data.paymentMeans,
    acquirer: data.acquirer,
    transactionNumber: data.transactionNumber,
    orderReference: data.orderReference,
    currency: data.amount.currency,
    createdAt: own.createdAt,
    businessDay: data.businessDay,
    combination: own.combination,
    initialMinor: data.amount.minor,
    debitedMinor: own.debitedMinor,
    refundedMinor: 0,
    refundingMinor: 0,
    refundsInProgress: null,
    currentMinor: data.amount.minor,
    isAuthorizationOnly: own.isAuthorizationOnly,
    channel: opening?.channel ?? null,
    wallet: opening?.wallet ?? null,
    archivingReference: opening?.archivingReference ?? null,
    cardId: card?.cardId ?? null,
    maskedNumber: card?.maskedNumber ?? null,
    cardExpiry: card?.expiry ?? null,
    cardType: card?.cardType ?? null,
    cardCountry: card?.cardCountry ?? null,
    issuer: card?.issuer ?? null,
    personId: opening?.cardholder?.personId ?? null,
    cardholderEmail: null,
    clientCountry: opening?.clientCountry ?? null,
    authorizationNumber: null,
    responseCode: own.responseCode,
    refusalReason: own.refusalReason,
    authorizedAt: null,
    acceptedAt: null,
    acceptedOn: null,
    plannedDate: null,
    capturedAt: null,
    cancelledAt: null,
    remittanceId: null,
    remittanceNumber: null,
    sentAt: null,
    sentOn: null,
    earlierRemittances: null,
    setAsideReason: null,
    setAsideDetail: null,
    originalTransactionId: own.originalTransactionId,
    originalTransactionNumber: own.originalTransactionNumber,
    duplicateOf: own.duplicateOf,
  };
}

/** A payment nobody has answered yet: kept, not listed. */
export function requestedPayment(data: PaymentRequested['data']): JournalRow {
  return newRow(data, data, {
    createdAt: data.requestedAt,
    combination: null,
    debitedMinor: data.amount.minor,
    isAuthorizationOnly: data.authorizationOnly,
    originalTransactionId: null,
    originalTransactionNumber: null,
    duplicateOf: data.duplicateOf,
    refusalReason: null,
    responseCode: null,
  });
}

/** A refund nobody has answered yet: kept, not listed. */
export function requestedRefund(data: RefundRequested['data']): JournalRow {
  return newRow(data, data, {
    createdAt: data.requestedAt,
    combination: null,
    debitedMinor: null,
    isAuthorizationOnly: false,
    originalTransactionId: data.originalTransactionId,
    originalTransactionNumber: data.originalTransactionNumber,
    duplicateOf: null,
    refusalReason: null,
    responseCode: null,
  });
}

/** A refused attempt to cancel: an entry of its own (row 10). */
export function refusedCancellation(data: CancellationRefused['data']): JournalRow {
  return newRow(data, null, {
    createdAt: data.refusedAt,
    combination: 10,
    debitedMinor: null,
    isAuthorizationOnly: false,
    originalTransactionId: data.originalTransactionId,
    originalTransactionNumber: null,
    duplicateOf: null,
    refusalReason: data.reason,
    responseCode: data.responseCode,
  });
}
