import { fold, instant } from '@encaisse/kernel';
import {
  AT,
  DAY,
  DEBIT_ID,
  OPERATION_ID,
  SAMPLES,
  authorized,
  captured,
  eur,
  refundStarted,
  refundStream,
  refunded,
  sampleId,
  sent,
  toSend,
} from '../testing/transaction-samples';
import { currentAmount, debitedAmount, initialAmount, refundable } from './amounts';
import { transactionStream, tripleOf } from './transaction';
import type { TransactionEvent } from './transaction-events';
import {
  ACQUIRER_STATUSES,
  ALLOWED_TRIPLES,
  TRANSACTION_STATUSES,
  TRANSACTION_TYPES,
  allowedTriple,
  isCounted,
} from './triples';

const after = (...events: readonly TransactionEvent[]) => fold(transactionStream, events);

const refusedCancellation: TransactionEvent = {
  type: 'CancellationRefused',
  data: {
    transactionId: sampleId(3),
    environment: 'TEST',
    shopId: sampleId(10),
    contractId: sampleId(11),
    contractNumber: '1999888',
    rank: '032',
    paymentMeans: 'VISA',
    acquirer: 'CIC',
    transactionNumber: '0000000003',
    originalTransactionId: DEBIT_ID,
    orderReference: 'ORDER-1',
    amount: eur(5500),
    reason: 'TECHNICAL_ERROR',
    responseCode: '96',
    refusedAt: AT,
    businessDay: DAY,
  },
};
const refundRefused: TransactionEvent = {
  type: 'RefundRefused',
  data: {
    transactionId: sampleId(2),
    reason: 'ISSUER_DECLINED',
    responseCode: '05',
    refusedAt: AT,
  },
};
const sentRefund = { ...SAMPLES.TransactionSentToBank };
const requested = SAMPLES.PaymentRequested(5500);

describe('Combinations of type, status and acquirer status', () => {
  it.each([
    [1, 'DEBIT', 'ACCEPTED', 'SENT', true],
    [2, 'DEBIT', 'ACCEPTED', 'TO_SEND', true],
    [3, 'DEBIT', 'ACCEPTED', 'AWAITING_CAPTURE', false],
    [4, 'DEBIT', 'REFUSED', 'NOT_APPLICABLE', false],
    [5, 'REFUND', 'ACCEPTED', 'SENT', true],
    [6, 'REFUND', 'ACCEPTED', 'TO_SEND', true],
    [7, 'REFUND', 'REFUSED', 'NOT_APPLICABLE', false],
    [8, 'CANCELLATION', 'ACCEPTED', 'SENT', false],
    [9, 'CANCELLATION', 'ACCEPTED', 'TO_SEND', false],
    [10, 'CANCELLATION', 'REFUSED', 'NOT_APPLICABLE', false],
    [11, 'DEBIT', 'PENDING', 'AWAITING_CONFIRMATION', false],
    [12, 'DEBIT', 'ABANDONED', 'NOT_APPLICABLE', false],
    [13, 'DEBIT', 'ACCEPTED', 'SET_ASIDE', false],
    [14, 'REFUND', 'ACCEPTED', 'SET_ASIDE', false],
    [15, 'REFUND', 'PENDING', 'AWAITING_CONFIRMATION', false],
  ] as const)('STAT-09 row %i: %s %s %s is counted: %s', (row, type, status, acquirer, counted) => {
    const triple = { type, status, acquirerStatus: acquirer };
    expect(allowedTriple(triple)).toEqual({ ...triple, row, counted });
    expect(isCounted(triple)).toBe(counted);
  });

  it('TRX-06 TRX-07 TRX-08 TRX-09 allows fifteen of the seventy-two combinations', () => {
    const allowed = TRANSACTION_TYPES.flatMap((type) =>
      TRANSACTION_STATUSES.flatMap((status) =>
        ACQUIRER_STATUSES.filter(
          (acquirerStatus) => allowedTriple({ type, status, acquirerStatus }) !== null,
        ),
      ),
    );
    expect(allowed).toHaveLength(15);
    expect(ALLOWED_TRIPLES).toHaveLength(15);
  });

  it.each<[number, string, readonly TransactionEvent[]]>([
    [1, 'a debit sent', sent(5500)],
    [2, 'a debit accepted', toSend(5500)],
    [3, 'an authorisation only', authorized(5500)],
    [4, 'a debit refused', [requested, SAMPLES.PaymentRefused]],
    [5, 'a refund sent', [...refundStream(1000, 'accepted'), sentRefund]],
    [6, 'a refund accepted', refundStream(1000, 'accepted')],
    [7, 'a refund refused', [...refundStream(1000, 'pending'), refundRefused]],
    [
      8,
      'a cancellation sent',
      [...toSend(5500), SAMPLES.TransactionCancelled(5500), SAMPLES.TransactionSentToBank],
    ],
    [9, 'a cancellation', [...toSend(5500), SAMPLES.TransactionCancelled(5500)]],
    [10, 'a refused cancellation', [refusedCancellation]],
    [11, 'a payment a partner must confirm', [requested, SAMPLES.PaymentPending]],
    [11, 'an unknown outcome', [requested, SAMPLES.AuthorizationOutcomeUnknown]],
    [12, 'an abandoned payment', [requested, SAMPLES.PaymentAbandoned]],
    [13, 'a rejected line', [...sent(5500), SAMPLES.LineRejected]],
    [
      14,
      'a rejected refund',
      [...refundStream(1000, 'accepted'), sentRefund, SAMPLES.LineRejected],
    ],
    [15, 'a refund to confirm', refundStream(1000, 'pending')],
  ])('TRX-09 row %i is %s', (row, _name, events) => {
    const triple = tripleOf(after(...events));
    expect(triple && allowedTriple(triple)?.row).toBe(row);
  });

  it('TRX-09 has no place yet for a payment that is only requested', () => {
    expect(tripleOf(after())).toBeNull();
    expect(tripleOf(after(requested))).toBeNull();
  });
});

describe('Amounts of a transaction', () => {
  const secondCapture = { ...captured(5000).data, operationId: sampleId(60) };
  it.each<[string, readonly TransactionEvent[], number, number, number, number]>([
    ['A: debit 5500, sent', sent(5500), 5500, 5500, 5500, 5500],
    ['A: refund 1000', [...sent(5500), refunded(1000)], 5500, 5500, 4500, 4500],
    [
      'A: then 2000',
      [...sent(5500), refunded(1000), refunded(2000, sampleId(21))],
      5500,
      5500,
      2500,
      2500,
    ],
    [
      'A: then 2500',
      [...sent(5500), refunded(1000), refunded(2000, sampleId(21)), refunded(2500, sampleId(22))],
      5500,
      5500,
      0,
      0,
    ],
    ['B: authorise 15000', authorized(15000), 15000, 0, 15000, 0],
    ['B: capture 10000', [...authorized(15000), captured(10000)], 15000, 10000, 10000, 0],
    [
      'B: sent, refund 2500',
      [...authorized(15000), captured(10000), SAMPLES.TransactionSentToBank, refunded(2500)],
      15000,
      10000,
      7500,
      7500,
    ],
    ['C: cancel 4200', [...toSend(4200), SAMPLES.TransactionCancelled(4200)], 4200, 4200, 0, 0],
    [
      'D: capture 10000, cancel',
      [
        ...authorized(15000),
        captured(10000),
        {
          type: 'TransactionCancelled',
          data: { ...SAMPLES.TransactionCancelled(10000).data, operationId: sampleId(61) },
        },
      ],
      15000,
      10000,
      0,
      0,
    ],
    [
      'E: refund 6000 refused by the issuer',
      [
        ...sent(6000),
        refundStarted(6000),
        {
          type: 'TransactionRefundFailed',
          data: { transactionId: DEBIT_ID, refundId: sampleId(2), amount: eur(6000), failedAt: AT },
        },
      ],
      6000,
      6000,
      6000,
      6000,
    ],
    ['a refund in progress reserves', [...sent(6000), refundStarted(1000)], 6000, 6000, 6000, 5000],
    [
      'PAY-19 lowered to 4000',
      [
        ...toSend(5500),
        {
          type: 'TransactionModified',
          data: {
            transactionId: DEBIT_ID,
            operationId: OPERATION_ID,
            amount: eur(4000),
            plannedDate: DAY,
            modifiedAt: AT,
          },
        },
      ],
      5500,
      4000,
      4000,
      0,
    ],
  ])('TRX-34 CASH-07 %s', (_case, events, initial, debited, current, left) => {
    const state = after(...events);
    expect(initialAmount(state)).toEqual(eur(initial));
    expect(debitedAmount(state)).toEqual(eur(debited));
    expect(currentAmount(state)).toEqual(eur(current));
    expect(refundable(state)).toEqual(eur(left));
  });

  it('TRX-34 a refund has its own amount for initial and current amount, and debits nobody', () => {
    const refund = after(...refundStream(1000, 'accepted'));
    expect([initialAmount(refund), currentAmount(refund)]).toEqual([eur(1000), eur(1000)]);
    expect(debitedAmount(refund)).toBeNull();
    expect(refundable(refund)).toEqual(eur(0));
  });

  it.each<[string, readonly TransactionEvent[]]>([
    ['CASH-15 a second capture', [...authorized(15000), captured(1), captured(1)]],
    ['CASH-15 a capture above the authorisation', [...authorized(8000), captured(8001)]],
    [
      'CASH-15 a second capture after sending',
      [
        ...authorized(15000),
        captured(1),
        SAMPLES.TransactionSentToBank,
        { type: 'TransactionCaptured', data: secondCapture },
      ],
    ],
    ['CASH-07 refunds above the debit', [...sent(5500), refunded(5500), refunded(1, sampleId(21))]],
    ['CASH-05 a refund before sending', [...toSend(5500), refunded(1)]],
    ['CASH-10 a cancellation after sending', [...sent(5500), SAMPLES.TransactionCancelled(5500)]],
    ['CASH-12 a partial cancellation', [...toSend(5500), SAMPLES.TransactionCancelled(5499)]],
    [
      'GEN-01 a capture in another currency',
      [
        ...authorized(5500),
        {
          type: 'TransactionCaptured',
          data: { ...captured(1).data, amount: { minor: 1, currency: 'USD' } },
        },
      ],
    ],
    [
      'an authorisation answered after its time-out',
      [requested, SAMPLES.AuthorizationOutcomeUnknown, SAMPLES.PaymentAuthorized],
    ],
    ['a second request', [requested, requested]],
    ['a sending out of nothing', [SAMPLES.TransactionSentToBank]],
    ['a type nobody knows', [{ type: 'Nonsense', data: {} } as unknown as TransactionEvent]],
  ])('stops on a stream that holds %s', (_name, events) => {
    expect(() => after(...events)).toThrow('Invariant broken');
  });

  it('keeps the evolution free of the clock: the instants are those of the events', () => {
    const late = instant('2019-01-01T00:00:00.000Z');
    const accepted = { ...SAMPLES.PaymentAccepted.data, acceptedAt: late };
    const state = after(requested, SAMPLES.PaymentAuthorized, {
      type: 'PaymentAccepted',
      data: accepted,
    });
    expect(state).toMatchObject({ acceptedOn: DAY, plannedDate: DAY });
  });
});
