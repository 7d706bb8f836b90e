import { businessDay, instant } from '@encaisse/kernel';
import type { TransactionEvent } from '../transaction/transaction-events';
import { AT, DAY, type DataOf, eur, sampleId } from './transaction-samples';

const debit = { transactionId: sampleId(1) };
const refund = { transactionId: sampleId(2) };
const later = instant('2017-05-20T10:00:00.000Z');
const laterDay = businessDay('2017-05-20');

const place = {
  environment: 'TEST',
  shopId: sampleId(10),
  contractId: sampleId(11),
  contractNumber: '1999888',
  rank: '032',
  paymentMeans: 'VISA',
  acquirer: 'CIC',
} as const;

const payment = {
  orderReference: 'ORDER-1',
  channel: 'E_COMMERCE',
  wallet: null,
  archivingReference: 'ARCHIVE-1',
  card: {
    cardId: sampleId(12),
    maskedNumber: '497010******1234',
    expiry: '2712',
    cardType: 'CREDIT',
    cardCountry: 'FR',
    issuer: 'CIC',
  },
  cardholder: { personId: sampleId(13), commitment: 'c29tbWl0bWVudA' },
  clientCountry: 'FR',
} as const;

/** One example of the data of every event type, as it is written today. */
export const EXAMPLES: { readonly [Type in TransactionEvent['type']]: DataOf<Type> } = {
  PaymentRequested: {
    ...debit,
    ...place,
    ...payment,
    transactionNumber: '0000000001',
    amount: eur(15000),
    authorizationOnly: true,
    deferralDays: 4,
    duplicateOf: null,
    trace: { stan: '000123', retrievalReference: '713510000123', transmittedAt: AT },
    fingerprint: 'Zm9yLXRoZS1leGFtcGxl',
    requestedAt: AT,
    businessDay: DAY,
  },
  PaymentAuthorized: {
    ...debit,
    authorizationNumber: '123456',
    responseCode: '00',
    authorizedAt: AT,
  },
  PaymentAccepted: {
    ...debit,
    acceptedAt: AT,
    businessDay: DAY,
    plannedDate: businessDay('2017-05-19'),
  },
  PaymentRefused: { ...debit, reason: 'TECHNICAL_ERROR', responseCode: null, refusedAt: AT },
  PaymentPending: { ...debit, pendingAt: AT },
  PaymentConfirmed: {
    ...debit,
    operationId: sampleId(30),
    confirmedAt: later,
    businessDay: laterDay,
    plannedDate: laterDay,
  },
  PaymentAbandoned: { ...debit, abandonedAt: AT },
  AuthorizationOutcomeUnknown: { ...debit, cause: 'timeout', unknownSince: AT },
  AuthorizationReversed: { ...debit, responseCode: '00', reversedAt: AT },
  LateAuthorizationAnswerReceived: {
    ...debit,
    responseCode: '00',
    authorizationNumber: '123456',
    receivedAt: AT,
  },
  TransactionCaptured: {
    ...debit,
    operationId: sampleId(31),
    amount: eur(10000),
    capturedAt: later,
    businessDay: laterDay,
  },
  TransactionCancelled: {
    ...debit,
    operationId: sampleId(32),
    amount: eur(10000),
    cancelledAt: later,
    businessDay: laterDay,
  },
  CancellationRefused: {
    transactionId: sampleId(3),
    ...place,
    transactionNumber: '0000000003',
    originalTransactionId: sampleId(1),
    orderReference: 'ORDER-1',
    amount: eur(10000),
    reason: 'TECHNICAL_ERROR',
    responseCode: '96',
    refusedAt: later,
    businessDay: laterDay,
  },
  TransactionRefundStarted: {
    ...debit,
    refundId: sampleId(2),
    amount: eur(1000),
    startedAt: later,
  },
  TransactionRefunded: {
    ...debit,
    refundId: sampleId(2),
    amount: eur(1000),
    refundedAt: later,
    businessDay: laterDay,
  },
  TransactionRefundFailed: {
    ...debit,
    refundId: sampleId(2),
    amount: eur(1000),
    failedAt: later,
  },
  TransactionModified: {
    ...debit,
    operationId: sampleId(33),
    amount: eur(9000),
    plannedDate: businessDay('2017-05-22'),
    modifiedAt: later,
  },
  SendingRequested: {
    ...debit,
    sendingId: sampleId(34),
    requestedAt: later,
    businessDay: laterDay,
  },
  TransactionSentToBank: {
    ...debit,
    remittanceId: sampleId(4),
    remittanceNumber: '1999888-1',
    sentAt: later,
    businessDay: laterDay,
  },
  TransactionSetAside: {
    ...debit,
    reason: 'line-rejected',
    detail: 'closed account',
    remittanceId: sampleId(4),
    setAsideAt: later,
  },
  TransactionPutBack: {
    ...debit,
    operationId: sampleId(35),
    plannedDate: laterDay,
    putBackAt: later,
  },
  RefundRequested: {
    ...refund,
    ...place,
    ...payment,
    transactionNumber: '0000000002',
    originalTransactionId: sampleId(1),
    originalTransactionNumber: '0000000001',
    amount: eur(1000),
    requestedAt: later,
    businessDay: laterDay,
  },
  RefundAccepted: {
    ...refund,
    acceptedAt: later,
    businessDay: laterDay,
    plannedDate: laterDay,
  },
  RefundPending: { ...refund, pendingAt: later },
  RefundConfirmed: {
    ...refund,
    confirmedAt: later,
    businessDay: laterDay,
    plannedDate: laterDay,
  },
  RefundRefused: { ...refund, reason: 'ISSUER_DECLINED', responseCode: '05', refusedAt: later },
};
