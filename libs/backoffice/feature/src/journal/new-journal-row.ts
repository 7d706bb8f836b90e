import type {
  CancellationRefused,
  PaymentRequested,
  RefundRequested,
  TransactionPlace,
} from '@encaisse/ledger/domain';
import type { JournalRow } from './journal-row';

const UNTOUCHED = {
  refundedMinor: 0,
  refundingMinor: 0,
  refundsInProgress: null,
  cardholderEmail: null,
  authorizationNumber: null,
  responseCode: null,
  refusalReason: null,
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
} as const;

type Opening = PaymentRequested['data'] | RefundRequested['data'];

function place(data: TransactionPlace) {
  return {
    environment: data.environment,
    shopId: data.shopId,
    contractId: data.contractId,
    contractNumber: data.contractNumber,
    rank: data.rank,
    paymentMeans: data.paymentMeans,
    acquirer: data.acquirer,
  };
}

function opened(data: Opening) {
  const { card } = data;
  return {
    ...UNTOUCHED,
    ...place(data),
    transactionId: data.transactionId,
    transactionNumber: data.transactionNumber,
    orderReference: data.orderReference,
    currency: data.amount.currency,
    createdAt: data.requestedAt,
    businessDay: data.businessDay,
    combination: null,
    initialMinor: data.amount.minor,
    currentMinor: data.amount.minor,
    channel: data.channel,
    wallet: data.wallet,
    archivingReference: data.archivingReference,
    cardId: card?.cardId ?? null,
    maskedNumber: card?.maskedNumber ?? null,
    cardExpiry: card?.expiry ?? null,
    cardType: card?.cardType ?? null,
    cardCountry: card?.cardCountry ?? null,
    issuer: card?.issuer ?? null,
    personId: data.cardholder?.personId ?? null,
    clientCountry: data.clientCountry,
  };
}

/** A payment nobody has answered yet: kept, not listed. */
export function requestedPayment(data: PaymentRequested['data']): JournalRow {
  return {
    ...opened(data),
    debitedMinor: data.amount.minor,
    isAuthorizationOnly: data.authorizationOnly,
    originalTransactionId: null,
    originalTransactionNumber: null,
    duplicateOf: data.duplicateOf,
  };
}

/** A refund nobody has answered yet: kept, not listed. */
export function requestedRefund(data: RefundRequested['data']): JournalRow {
  return {
    ...opened(data),
    debitedMinor: null,
    isAuthorizationOnly: false,
    originalTransactionId: data.originalTransactionId,
    originalTransactionNumber: data.originalTransactionNumber,
    duplicateOf: null,
  };
}

/** A refused attempt to cancel: an entry of its own (row 10). */
export function refusedCancellation(data: CancellationRefused['data']): JournalRow {
  return {
    ...UNTOUCHED,
    ...place(data),
    transactionId: data.transactionId,
    transactionNumber: data.transactionNumber,
    orderReference: data.orderReference,
    currency: data.amount.currency,
    createdAt: data.refusedAt,
    businessDay: data.businessDay,
    combination: 10,
    initialMinor: data.amount.minor,
    debitedMinor: null,
    currentMinor: data.amount.minor,
    isAuthorizationOnly: false,
    channel: null,
    wallet: null,
    archivingReference: null,
    cardId: null,
    maskedNumber: null,
    cardExpiry: null,
    cardType: null,
    cardCountry: null,
    issuer: null,
    personId: null,
    clientCountry: null,
    responseCode: data.responseCode,
    refusalReason: data.reason,
    originalTransactionId: data.originalTransactionId,
    originalTransactionNumber: null,
    duplicateOf: null,
  };
}
