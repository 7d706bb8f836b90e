import {
  type BusinessDay,
  type Instant,
  type Money,
  businessDay,
  instant,
  money,
} from '@encaisse/kernel';
import type { RequestPayment } from '../transaction/request-payment';
import type {
  TransactionCaptured,
  TransactionEvent,
  TransactionRefunded,
} from '../transaction/transaction-events';

/** The data of one event type. */
export type DataOf<Type extends TransactionEvent['type']> = Extract<
  TransactionEvent,
  { readonly type: Type }
>['data'];

/** A UUIDv7 that says its number: readable in a failing test, valid everywhere. */
export function sampleId(number: number): string {
  return `0198a1b2-0000-7000-8000-${String(number).padStart(12, '0')}`;
}

export const DEBIT_ID = sampleId(1);
export const REFUND_ID = sampleId(2);
export const ENTRY_ID = sampleId(3);
export const REMITTANCE_ID = sampleId(4);
export const SENDING_ID = sampleId(5);
export const OPERATION_ID = sampleId(6);

/** Noon in Paris of 15 May 2017, the day of the worked numbers, and that day. */
export const AT: Instant = instant('2017-05-15T10:00:00.000Z');
export const DAY: BusinessDay = businessDay('2017-05-15');

/** Noon in Paris of a day in summer time. */
export function noon(day: string): Instant {
  return instant(`${day}T10:00:00.000Z`);
}

export function eur(minor: number): Money {
  return money(minor, 'EUR');
}

const PLACE = {
  environment: 'TEST',
  shopId: sampleId(10),
  contractId: sampleId(11),
  contractNumber: '1999888',
  rank: '032',
  paymentMeans: 'VISA',
  acquirer: 'CIC',
} as const;

const PAYMENT = {
  transactionId: DEBIT_ID,
  ...PLACE,
  transactionNumber: '0000000001',
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

/** The command that asks for a payment of an amount. */
export function paymentRequest(
  minor: number,
  overrides: Partial<RequestPayment> = {},
): RequestPayment {
  return {
    ...PAYMENT,
    amount: eur(minor),
    authorizationOnly: false,
    deferralDays: 0,
    duplicateOf: null,
    trace: { stan: '000123', retrievalReference: '713510000123', transmittedAt: AT },
    fingerprint: 'fingerprint-1',
    at: AT,
    ...overrides,
  };
}

/** One event of each kind, in the life of a debit of 5500 or of a refund of 1000. */
export const SAMPLES = {
  PaymentRequested(minor: number, overrides: Partial<DataOf<'PaymentRequested'>> = {}) {
    const { at, ...request } = paymentRequest(minor);
    const data = { ...request, requestedAt: at, businessDay: DAY, ...overrides };
    return { type: 'PaymentRequested', data } as const;
  },
  PaymentAuthorized: {
    type: 'PaymentAuthorized',
    data: {
      transactionId: DEBIT_ID,
      authorizationNumber: '123456',
      responseCode: '00',
      authorizedAt: AT,
    },
  },
  PaymentAccepted: {
    type: 'PaymentAccepted',
    data: { transactionId: DEBIT_ID, acceptedAt: AT, businessDay: DAY, plannedDate: DAY },
  },
  PaymentRefused: {
    type: 'PaymentRefused',
    data: {
      transactionId: DEBIT_ID,
      reason: 'ISSUER_DECLINED',
      responseCode: '05',
      refusedAt: AT,
    },
  },
  PaymentPending: {
    type: 'PaymentPending',
    data: { transactionId: DEBIT_ID, pendingAt: AT },
  },
  PaymentAbandoned: {
    type: 'PaymentAbandoned',
    data: { transactionId: DEBIT_ID, abandonedAt: AT },
  },
  AuthorizationOutcomeUnknown: {
    type: 'AuthorizationOutcomeUnknown',
    data: { transactionId: DEBIT_ID, cause: 'timeout', unknownSince: AT },
  },
  TransactionSentToBank: {
    type: 'TransactionSentToBank',
    data: {
      transactionId: DEBIT_ID,
      remittanceId: REMITTANCE_ID,
      remittanceNumber: '1999888-1',
      sentAt: AT,
      businessDay: DAY,
    },
  },
  LineRejected: {
    type: 'TransactionSetAside',
    data: {
      transactionId: DEBIT_ID,
      reason: 'line-rejected',
      detail: 'closed account',
      remittanceId: REMITTANCE_ID,
      setAsideAt: AT,
    },
  },
  SendingRequested: {
    type: 'SendingRequested',
    data: { transactionId: DEBIT_ID, sendingId: SENDING_ID, requestedAt: AT, businessDay: DAY },
  },
  TransactionCancelled(minor: number) {
    const ids = { transactionId: DEBIT_ID, operationId: OPERATION_ID };
    const data = { ...ids, amount: eur(minor), cancelledAt: AT, businessDay: DAY };
    return { type: 'TransactionCancelled', data } as const;
  },
} as const;

/** A debit accepted and to be sent at once. */
export function toSend(
  minor: number,
  overrides: Partial<DataOf<'PaymentRequested'>> = {},
): readonly TransactionEvent[] {
  const requested = SAMPLES.PaymentRequested(minor, overrides);
  return [requested, SAMPLES.PaymentAuthorized, SAMPLES.PaymentAccepted];
}

/** A debit in a remittance. */
export function sent(minor: number): readonly TransactionEvent[] {
  return [...toSend(minor), SAMPLES.TransactionSentToBank];
}

/** An authorisation that waits for its capture. */
export function authorized(minor: number): readonly TransactionEvent[] {
  return toSend(minor, { authorizationOnly: true });
}

export function captured(minor: number, at = AT, day = DAY): TransactionCaptured {
  const ids = { transactionId: DEBIT_ID, operationId: OPERATION_ID };
  const data = { ...ids, amount: eur(minor), capturedAt: at, businessDay: day };
  return { type: 'TransactionCaptured', data };
}

export function refunded(
  minor: number,
  refundId = REFUND_ID,
  at = AT,
  day = DAY,
): TransactionRefunded {
  const data = { transactionId: DEBIT_ID, refundId, amount: eur(minor), refundedAt: at };
  return { type: 'TransactionRefunded', data: { ...data, businessDay: day } };
}

/** A refund in progress on its original. */
export function refundStarted(minor: number, refundId = REFUND_ID): TransactionEvent {
  const data = { transactionId: DEBIT_ID, refundId, amount: eur(minor), startedAt: AT };
  return { type: 'TransactionRefundStarted', data };
}

/** The stream of a refund, waiting for a partner or accepted. */
export function refundStream(
  minor: number,
  outcome: 'accepted' | 'pending',
): readonly TransactionEvent[] {
  const requested: TransactionEvent = {
    type: 'RefundRequested',
    data: {
      ...PAYMENT,
      transactionId: REFUND_ID,
      transactionNumber: '0000000002',
      originalTransactionId: DEBIT_ID,
      originalTransactionNumber: '0000000001',
      amount: eur(minor),
      requestedAt: AT,
      businessDay: DAY,
    },
  };
  const id = { transactionId: REFUND_ID };
  if (outcome === 'pending') {
    return [requested, { type: 'RefundPending', data: { ...id, pendingAt: AT } }];
  }
  const day = { businessDay: DAY, plannedDate: DAY };
  return [requested, { type: 'RefundAccepted', data: { ...id, acceptedAt: AT, ...day } }];
}
