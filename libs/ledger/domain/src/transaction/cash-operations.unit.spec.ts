import { type Decision, type Instant, addDays, businessDay, fold, instant } from '@encaisse/kernel';
import { specification } from '@encaisse/testing';
import {
  AT,
  DAY,
  DEBIT_ID,
  OPERATION_ID,
  REFUND_ID,
  SAMPLES,
  SENDING_ID,
  authorized,
  captured,
  eur,
  noon,
  refundStarted,
  refundStream,
  refunded,
  sampleId,
  sent,
  toSend,
} from '../testing/transaction-samples';
import { cancelTransaction } from './cancel-transaction';
import { captureTransaction } from './capture-transaction';
import { completeRefund, confirmRefund } from './confirm-refund';
import { modifyTransaction } from './modify-transaction';
import { openRefund, refundTransaction } from './refund-transaction';
import { releaseRefund, refuseRefund } from './refuse-refund';
import { transactionStream } from './transaction';
import type { TransactionEvent } from './transaction-events';
import type { Debit, Transaction } from './transaction-state';
import { validateTransaction } from './validate-transaction';

const of = <Command, Refusal>(
  decide: (command: Command, state: Transaction) => Decision<TransactionEvent, Refusal>,
) => specification<Transaction, TransactionEvent, Command, Refusal>(transactionStream, decide);

const OTHER_ID = sampleId(77);
const facts = { isContractActive: true, isSupportedByMeans: true };
const ids = { transactionId: DEBIT_ID, operationId: OPERATION_ID };
const sure = { ...facts, acknowledgeStaleAuthorization: true };

const requested = SAMPLES.PaymentRequested(5500);
const unknown = [requested, SAMPLES.AuthorizationOutcomeUnknown];
const pending = [requested, SAMPLES.PaymentPending];
const refusedPayment = [requested, SAMPLES.PaymentRefused];
const abandoned = [requested, SAMPLES.PaymentAbandoned];
const setAside = [...sent(5500), SAMPLES.LineRejected];
const cancelled = [...toSend(5500), SAMPLES.TransactionCancelled(5500)];
const sending = [...toSend(5500), SAMPLES.SendingRequested];
const putBack: TransactionEvent = {
  type: 'TransactionPutBack',
  data: { transactionId: DEBIT_ID, operationId: sampleId(78), plannedDate: DAY, putBackAt: AT },
};

/** What each operation on a debit answers where the stream alone forbids it. */
const EVERYWHERE: readonly (readonly [string, readonly TransactionEvent[], object])[] = [
  ['holds nothing', [], { code: 'transaction-unknown' }],
  ['is a refund', refundStream(1, 'accepted'), { code: 'not-a-debit', type: 'REFUND' }],
  ['is only requested', [requested], { code: 'authorization-in-progress' }],
  ['has an unknown outcome', unknown, { code: 'outcome-unknown' }],
  ['is refused', refusedPayment, { code: 'not-accepted', status: 'REFUSED' }],
  ['is abandoned', abandoned, { code: 'not-accepted', status: 'ABANDONED' }],
  ['is cancelled', cancelled, { code: 'already-cancelled' }],
  ['is being sent', sending, { code: 'operation-in-progress', sendingId: SENDING_ID }],
];
const awaitingConfirmation = [
  'waits for a partner',
  pending,
  { code: 'awaiting-confirmation' },
] as const;
const awaitingCapture = [
  'awaits its capture',
  authorized(5500),
  { code: 'awaiting-capture' },
] as const;
const isSetAside = ['is set aside', setAside, { code: 'set-aside' }] as const;
const alreadySent = ['is sent', sent(5500), { code: 'already-sent', instead: 'refund' }] as const;
const outside = [
  ['the contract is inactive', { isContractActive: false }, { code: 'contract-inactive' }],
  ['the means cannot', { isSupportedByMeans: false }, { code: 'means-cannot' }],
  [
    'both, the contract first',
    { isContractActive: false, isSupportedByMeans: false },
    { code: 'contract-inactive' },
  ],
] as const;

describe('Refund a transaction', () => {
  const { given } = of(refundTransaction);
  const refund = (minor: number, at: Instant = AT, refundId = REFUND_ID) => ({
    ...facts,
    transactionId: DEBIT_ID,
    refundId,
    amount: eur(minor),
    outcome: 'accepted' as const,
    at,
  });

  it('CASH-05 CASH-06 gives back a part of what was sent', () => {
    given(...sent(5500))
      .when(refund(1000))
      .then(refunded(1000));
  });
  it('CASH-06 CASH-07 gives back all that is left, in several times', () => {
    given(...sent(5500), refunded(1000, sampleId(20)), refunded(2000, sampleId(21)))
      .when(refund(2500))
      .then(refunded(2500));
  });
  it('CASH-07 is refused one cent beyond what is left', () => {
    given(...sent(5500), refunded(1000, sampleId(20)), refunded(2000, sampleId(21)))
      .when(refund(2501))
      .thenRefused({ code: 'refund-exceeds-remainder', refundable: eur(2500) });
    given(...sent(5500), refunded(1000, sampleId(20)), refunded(2000, sampleId(21)))
      .when(refund(3000))
      .thenRefused({ code: 'refund-exceeds-remainder', refundable: eur(2500) });
  });
  it('CASH-07 never gives back more than was captured', () => {
    given(...authorized(15000), captured(10000), SAMPLES.TransactionSentToBank)
      .when(refund(10001))
      .thenRefused({ code: 'refund-exceeds-remainder', refundable: eur(10000) });
  });
  it('CASH-07 counts a refund in progress, and frees its amount when it is refused', () => {
    const failed: TransactionEvent = {
      type: 'TransactionRefundFailed',
      data: { transactionId: DEBIT_ID, refundId: sampleId(20), amount: eur(5000), failedAt: AT },
    };
    given(...sent(5500), refundStarted(5000, sampleId(20)))
      .when(refund(501))
      .thenRefused({ code: 'refund-exceeds-remainder', refundable: eur(500) });
    given(...sent(5500), refundStarted(5000, sampleId(20)), failed)
      .when(refund(5500))
      .then(refunded(5500));
  });
  it('reserves the amount while a partner has to confirm', () => {
    given(...sent(5500))
      .when({ ...refund(1000), outcome: 'pending' })
      .then(refundStarted(1000));
  });
  it('GEN-11 does nothing more when the same refund comes again, whatever became of it', () => {
    const failed: TransactionEvent = {
      type: 'TransactionRefundFailed',
      data: { transactionId: DEBIT_ID, refundId: REFUND_ID, amount: eur(5500), failedAt: AT },
    };
    given(...sent(5500), refunded(5500))
      .when(refund(5500, noon('2018-01-01')))
      .thenNothing();
    given(...sent(5500), refundStarted(5500))
      .when(refund(5500))
      .thenNothing();
    given(...sent(5500), refundStarted(5500), failed)
      .when(refund(5500))
      .thenNothing();
  });
  it('GEN-11 is refused when the id was used for another amount or operation', () => {
    given(...sent(5500), refunded(1000))
      .when(refund(1001))
      .thenRefused({ code: 'id-reused' });
    given(...authorized(5500), captured(5500), SAMPLES.TransactionSentToBank)
      .when(refund(5500, AT, OPERATION_ID))
      .thenRefused({ code: 'id-reused' });
  });
  it.each([
    ...EVERYWHERE,
    awaitingConfirmation,
    awaitingCapture,
    isSetAside,
    ['is not sent yet', toSend(5500), { code: 'not-sent-yet', instead: 'cancel' }] as const,
  ])('CASH-05 is refused when the transaction %s', (_name, history, refusal) => {
    given(...history)
      .when(refund(1))
      .thenRefused(refusal as never);
  });
  it.each(outside)('is refused when %s', (_name, override, refusal) => {
    given(...sent(5500))
      .when({ ...refund(1), ...override })
      .thenRefused(refusal);
  });
  it.each([0, -1])('CASH-06 is refused for an amount of %i', (minor) => {
    given(...sent(5500))
      .when(refund(minor))
      .thenRefused({ code: 'amount-not-positive' });
  });
  it('GEN-01 is refused in another currency', () => {
    given(...sent(5500))
      .when({ ...refund(1), amount: { minor: 1, currency: 'USD' } })
      .thenRefused({ code: 'currency-mismatch', expected: 'EUR' });
  });
});

describe('The stream of a refund', () => {
  const original = fold(transactionStream, sent(5500)) as Debit;
  const open = { refundId: REFUND_ID, transactionNumber: '0000000002', amount: eur(1000) };

  it('CASH-08 CASH-09 opens accepted, dated today, to leave with the next telecollection', () => {
    const events = openRefund({ ...open, outcome: 'accepted', at: AT }, original);
    expect(events).toEqual(refundStream(1000, 'accepted'));
  });
  it('opens pending when a partner has to confirm', () => {
    const events = openRefund({ ...open, outcome: 'pending', at: AT }, original);
    expect(events).toEqual(refundStream(1000, 'pending'));
  });
  it('CASH-08 keeps the day of the original event when it is opened later', () => {
    const later = { ...open, outcome: 'accepted', at: noon('2017-05-21') } as const;
    const [, accepted] = openRefund({ ...later, businessDay: businessDay('2017-05-20') }, original);
    expect(accepted.data).toMatchObject({ businessDay: '2017-05-20', plannedDate: '2017-05-20' });
  });
  it('CASH-08 55 € on 15/05, 10 € back on 20/05: 55 € initial and 45 € current', () => {
    const at = noon('2017-05-20');
    const command = { refundId: REFUND_ID, amount: eur(1000), outcome: 'accepted' as const, at };
    of(refundTransaction)
      .given(...sent(5500))
      .when({ ...facts, transactionId: DEBIT_ID, ...command })
      .then(refunded(1000, REFUND_ID, at, businessDay('2017-05-20')));
  });

  const at = noon('2017-05-20');
  const day = { businessDay: businessDay('2017-05-20'), plannedDate: businessDay('2017-05-20') };
  const confirmed: TransactionEvent = {
    type: 'RefundConfirmed',
    data: { transactionId: REFUND_ID, confirmedAt: at, ...day },
  };
  const no = { refundId: REFUND_ID, reason: 'ISSUER_DECLINED', responseCode: '05', at } as const;
  const refused: TransactionEvent = {
    type: 'RefundRefused',
    data: { transactionId: REFUND_ID, reason: no.reason, responseCode: '05', refusedAt: at },
  };

  it('is confirmed once, and then copied to its original once', () => {
    const { given } = of(confirmRefund);
    const command = { refundId: REFUND_ID, at };
    given(...refundStream(1000, 'pending'))
      .when(command)
      .then(confirmed);
    given(...refundStream(1000, 'pending'), confirmed)
      .when(command)
      .thenNothing();
    given(...refundStream(1000, 'accepted'))
      .when(command)
      .thenNothing();

    const copy = of(completeRefund);
    const settle = { transactionId: DEBIT_ID, refundId: REFUND_ID, at };
    const done = refunded(1000, REFUND_ID, at, businessDay('2017-05-20'));
    copy
      .given(...sent(5500), refundStarted(1000))
      .when(settle)
      .then(done);
    copy
      .given(...sent(5500), refundStarted(1000), done)
      .when(settle)
      .thenNothing();
    copy
      .given(...sent(5500))
      .when(settle)
      .thenRefused({ code: 'refund-unknown' });
  });
  it('CASH-07 is refused once, and its amount is then free', () => {
    const { given } = of(refuseRefund);
    given(...refundStream(1000, 'pending'))
      .when(no)
      .then(refused);
    given(...refundStream(1000, 'pending'), refused)
      .when(no)
      .thenNothing();
    given(...refundStream(1000, 'pending'), refused)
      .when({ ...no, reason: 'CARD_EXPIRED' })
      .thenRefused({ code: 'outcome-already-recorded', status: 'REFUSED' });

    const copy = of(releaseRefund);
    const settle = { transactionId: DEBIT_ID, refundId: REFUND_ID, at };
    const freed: TransactionEvent = {
      type: 'TransactionRefundFailed',
      data: { transactionId: DEBIT_ID, refundId: REFUND_ID, amount: eur(1000), failedAt: at },
    };
    copy
      .given(...sent(5500), refundStarted(1000))
      .when(settle)
      .then(freed);
    copy
      .given(...sent(5500), refundStarted(1000), freed)
      .when(settle)
      .thenNothing();
  });
  it('lets its own stream decide between a confirmation and a refusal', () => {
    of(confirmRefund)
      .given(...refundStream(1000, 'pending'), refused)
      .when({ refundId: REFUND_ID, at })
      .thenRefused({ code: 'outcome-already-recorded', status: 'REFUSED' });
    of(refuseRefund)
      .given(...refundStream(1000, 'pending'), confirmed)
      .when(no)
      .thenRefused({ code: 'outcome-already-recorded', status: 'ACCEPTED' });
    of(confirmRefund)
      .given()
      .when({ refundId: REFUND_ID, at })
      .thenRefused({ code: 'transaction-unknown' });
    of(refuseRefund)
      .given(...sent(1))
      .when(no)
      .thenRefused({ code: 'not-a-refund' });
  });
  it('settles a refund whose original was set aside meanwhile', () => {
    const settle = { transactionId: DEBIT_ID, refundId: REFUND_ID, at };
    of(completeRefund)
      .given(...sent(5500), refundStarted(1000), SAMPLES.LineRejected)
      .when(settle)
      .then(refunded(1000, REFUND_ID, at, businessDay('2017-05-20')));
  });
});

describe('Cancel a transaction', () => {
  const { given } = of(cancelTransaction);
  const cancel = { ...facts, ...ids, at: AT };

  it('CASH-10 CASH-11 CASH-12 takes back the full amount before telecollection', () => {
    given(...toSend(4200))
      .when(cancel)
      .then(SAMPLES.TransactionCancelled(4200));
  });
  it('CASH-11 takes back what was captured', () => {
    const capture = captured(10000);
    const data = { ...SAMPLES.TransactionCancelled(10000).data, operationId: OTHER_ID };
    given(...authorized(15000), capture)
      .when({ ...cancel, operationId: OTHER_ID })
      .then({ type: 'TransactionCancelled', data });
  });
  it('GEN-11 does nothing more when it comes again, and refuses an id used otherwise', () => {
    given(...cancelled)
      .when({ ...cancel, at: noon('2018-01-01') })
      .thenNothing();
    given(...authorized(5500), captured(5500))
      .when(cancel)
      .thenRefused({ code: 'id-reused' });
  });
  it('is refused once part of the money went back', () => {
    const other = { ...cancel, operationId: OTHER_ID };
    given(...sent(5500), refunded(1), SAMPLES.LineRejected, putBack)
      .when(other)
      .thenRefused({ code: 'has-refunds' });
    given(...sent(5500), refundStarted(1), SAMPLES.LineRejected, putBack)
      .when(other)
      .thenRefused({ code: 'has-refunds' });
  });
  it.each([...EVERYWHERE, awaitingConfirmation, awaitingCapture, isSetAside, alreadySent])(
    'CASH-10 CASH-12 is refused when the transaction %s',
    (_name, history, refusal) => {
      given(...history)
        .when({ ...cancel, operationId: OTHER_ID })
        .thenRefused(refusal as never);
    },
  );
  it.each(outside)('is refused when %s', (_name, override, refusal) => {
    given(...toSend(5500))
      .when({ ...cancel, ...override })
      .thenRefused(refusal);
  });
});

describe('Capture a transaction', () => {
  const { given } = of(captureTransaction);
  const capture = (minor: number, at: Instant = AT) => ({
    ...sure,
    ...ids,
    amount: eur(minor),
    at,
  });

  it('CASH-14 CASH-16 150 € authorised on 15/05, 100 € captured on 17/05', () => {
    const at = noon('2017-05-17');
    given(...authorized(15000))
      .when(capture(10000, at))
      .then(captured(10000, at, businessDay('2017-05-17')));
  });
  it.each([1, 7999, 8000])('CASH-15 takes %i of 8000', (minor) => {
    given(...authorized(8000))
      .when(capture(minor))
      .then(captured(minor));
  });
  it.each([
    [8001, { code: 'capture-exceeds-authorized', authorized: eur(8000) }],
    [0, { code: 'amount-not-positive' }],
    [-1, { code: 'amount-not-positive' }],
  ] as const)('CASH-15 is refused for %i of 8000', (minor, refusal) => {
    given(...authorized(8000))
      .when(capture(minor))
      .thenRefused(refusal);
  });
  it('GEN-01 is refused in another currency', () => {
    given(...authorized(8000))
      .when({ ...capture(1), amount: { minor: 1, currency: 'USD' } })
      .thenRefused({ code: 'currency-mismatch', expected: 'EUR' });
  });
  it('CASH-15 is made once per authorisation, whole or partial', () => {
    const second = { ...capture(5000), operationId: OTHER_ID };
    const refusal = { code: 'already-captured', captured: eur(10000) } as const;
    given(...authorized(15000), captured(10000))
      .when(second)
      .thenRefused(refusal);
    given(...authorized(15000), captured(10000), SAMPLES.TransactionSentToBank)
      .when(second)
      .thenRefused(refusal);
  });
  it('GEN-11 does nothing more when it comes again, and refuses the id with another amount', () => {
    given(...authorized(15000), captured(10000))
      .when(capture(10000))
      .thenNothing();
    given(...authorized(15000), captured(10000))
      .when(capture(9999))
      .thenRefused({ code: 'id-reused' });
  });
  it.each([
    ...EVERYWHERE,
    awaitingConfirmation,
    ['is a debit to send', toSend(5500), { code: 'nothing-to-capture' }] as const,
    ['is a debit sent', sent(5500), { code: 'nothing-to-capture' }] as const,
    ['is a debit set aside', setAside, { code: 'nothing-to-capture' }] as const,
  ])('CASH-14 is refused when the transaction %s', (_name, history, refusal) => {
    given(...history)
      .when({ ...capture(1), operationId: OTHER_ID })
      .thenRefused(refusal as never);
  });
  it.each(outside)('is refused when %s', (_name, override, refusal) => {
    given(...authorized(1))
      .when({ ...capture(1), ...override })
      .thenRefused(refusal);
  });
  it('CASH-02 CASH-04 asks for confirmation from the eighth day on, and not before', () => {
    const unsure = (at: Instant) => ({ ...capture(1, at), acknowledgeStaleAuthorization: false });
    const lastValid = instant('2017-05-22T21:59:59.999Z');
    given(...authorized(1))
      .when(unsure(lastValid))
      .then(captured(1, lastValid, businessDay('2017-05-22')));
    const eighth = instant('2017-05-22T22:00:00.000Z');
    given(...authorized(1))
      .when(unsure(eighth))
      .thenRefused({
        code: 'confirmation-required',
        authorizedOn: DAY,
        validUntil: businessDay('2017-05-22'),
      });
    given(...authorized(1))
      .when(capture(1, eighth))
      .then(captured(1, eighth, businessDay('2017-05-23')));
  });
});

describe('Validate a transaction', () => {
  const { given } = of(validateTransaction);
  const validate = { ...sure, ...ids, at: AT };
  const confirmed: TransactionEvent = {
    type: 'PaymentConfirmed',
    data: { ...ids, confirmedAt: AT, businessDay: DAY, plannedDate: DAY },
  };

  it('PAY-19 captures the whole authorisation', () => {
    given(...authorized(5500))
      .when(validate)
      .then(captured(5500));
    given(...authorized(5500), captured(5500))
      .when(validate)
      .thenNothing();
    given(...authorized(5500), captured(5499))
      .when(validate)
      .thenRefused({ code: 'id-reused' });
  });
  it('PAY-19 releases a payment that waits for a partner', () => {
    given(...pending)
      .when(validate)
      .then(confirmed);
    given(...pending, confirmed)
      .when(validate)
      .thenNothing();
  });
  it.each([
    ...EVERYWHERE,
    ['is a debit to send', toSend(5500), { code: 'nothing-to-validate' }] as const,
    ['is sent', sent(5500), { code: 'nothing-to-validate' }] as const,
    ['is set aside', setAside, { code: 'nothing-to-validate' }] as const,
  ])('is refused when the transaction %s', (_name, history, refusal) => {
    given(...history)
      .when({ ...validate, operationId: OTHER_ID })
      .thenRefused(refusal as never);
  });
  it('CASH-02 CASH-03 keeps the rules of a capture', () => {
    given(...authorized(1))
      .when({ ...validate, at: noon('2017-05-23'), acknowledgeStaleAuthorization: false })
      .thenRefused({
        code: 'confirmation-required',
        authorizedOn: DAY,
        validUntil: businessDay('2017-05-22'),
      });
    given(...authorized(1))
      .when({ ...validate, at: noon('2017-07-30') })
      .thenRefused({ code: 'window-closed', lastDay: businessDay('2017-07-29') });
  });
  it.each(outside)('is refused when %s', (_name, override, refusal) => {
    given(...pending)
      .when({ ...validate, ...override })
      .thenRefused(refusal);
    given(...authorized(1))
      .when({ ...validate, ...override })
      .thenRefused(refusal);
  });
});

describe('The days of the cash operations', () => {
  const on = (day: string): readonly [TransactionEvent, TransactionEvent] => {
    const businessDayOn = businessDay(day);
    const at = noon(day);
    return [
      { type: 'PaymentAuthorized', data: { ...SAMPLES.PaymentAuthorized.data, authorizedAt: at } },
      {
        type: 'PaymentAccepted',
        data: {
          transactionId: DEBIT_ID,
          acceptedAt: at,
          businessDay: businessDayOn,
          plannedDate: businessDayOn,
        },
      },
    ];
  };
  const operations = {
    refund: (day: string, at: Instant) =>
      of(refundTransaction)
        .given(requested, ...on(day), SAMPLES.TransactionSentToBank)
        .when({
          ...facts,
          transactionId: DEBIT_ID,
          refundId: REFUND_ID,
          amount: eur(1),
          outcome: 'accepted',
          at,
        }).decision,
    cancel: (day: string, at: Instant) =>
      of(cancelTransaction)
        .given(requested, ...on(day))
        .when({ ...facts, ...ids, at }).decision,
    capture: (day: string, at: Instant) =>
      of(captureTransaction)
        .given(SAMPLES.PaymentRequested(5500, { authorizationOnly: true }), ...on(day))
        .when({ ...sure, ...ids, amount: eur(1), at }).decision,
  };
  const edges: readonly (readonly [string, string, string, string, string])[] = [
    [
      'in summer',
      '2017-05-15',
      '2017-07-29',
      '2017-07-29T21:59:59.999Z',
      '2017-07-29T22:00:00.000Z',
    ],
    [
      'in winter',
      '2017-11-01',
      '2018-01-15',
      '2018-01-15T22:59:59.999Z',
      '2018-01-15T23:00:00.000Z',
    ],
    [
      'to the spring night',
      '2017-01-10',
      '2017-03-26',
      '2017-03-26T21:59:59.999Z',
      '2017-03-26T22:00:00.000Z',
    ],
    [
      'to the eve of it',
      '2017-01-09',
      '2017-03-25',
      '2017-03-25T22:59:59.999Z',
      '2017-03-25T23:00:00.000Z',
    ],
    [
      'to the autumn night',
      '2017-08-15',
      '2017-10-29',
      '2017-10-29T22:59:59.999Z',
      '2017-10-29T23:00:00.000Z',
    ],
    [
      'to the eve of autumn',
      '2017-08-14',
      '2017-10-28',
      '2017-10-28T21:59:59.999Z',
      '2017-10-28T22:00:00.000Z',
    ],
    [
      'over 29 February',
      '2024-01-01',
      '2024-03-16',
      '2024-03-16T22:59:59.999Z',
      '2024-03-16T23:00:00.000Z',
    ],
    [
      'over the new year',
      '2017-12-31',
      '2018-03-16',
      '2018-03-16T22:59:59.999Z',
      '2018-03-16T23:00:00.000Z',
    ],
  ];
  describe.each(Object.entries(operations))('of a %s', (_operation, decide) => {
    it.each(edges)(
      'CASH-03 GEN-02 GEN-03 %s: accepted %s, allowed to the last millisecond of %s',
      (_season, acceptedOn, lastDay, lastInstant, firstRefused) => {
        expect(addDays(businessDay(acceptedOn), 75)).toBe(lastDay);
        expect(decide(acceptedOn, instant(lastInstant))).toMatchObject({ accepted: [{}] });
        expect(decide(acceptedOn, instant(firstRefused))).toEqual({
          refused: { code: 'window-closed', lastDay },
        });
      },
    );
  });
  it('GEN-03 takes other limits than the defaults', () => {
    const state = fold(transactionStream, [...sent(5500)]);
    const limits = {
      cashOperationWindowDays: 1,
      authorizationValidityDays: 7,
      plannedDateMaxDays: 7,
    };
    const at = noon('2017-05-17');
    const refund = { refundId: REFUND_ID, amount: eur(1), outcome: 'accepted' as const, at };
    expect(
      refundTransaction({ ...facts, transactionId: DEBIT_ID, ...refund }, state, limits),
    ).toEqual({
      refused: { code: 'window-closed', lastDay: '2017-05-16' },
    });
  });
});

describe('Modify a transaction', () => {
  const { given } = of(modifyTransaction);
  const modify = (minor: number | null, day: string | null, at: Instant = AT) => ({
    ...facts,
    ...ids,
    amount: minor === null ? null : eur(minor),
    plannedDate: day === null ? null : businessDay(day),
    at,
  });
  const modified = (minor: number, day: string, at: Instant = AT): TransactionEvent => ({
    type: 'TransactionModified',
    data: { ...ids, amount: eur(minor), plannedDate: businessDay(day), modifiedAt: at },
  });

  it('PAY-19 lowers the amount, moves the date, or both', () => {
    given(...toSend(5500))
      .when(modify(4000, null))
      .then(modified(4000, '2017-05-15'));
    given(...toSend(5500))
      .when(modify(null, '2017-05-18'))
      .then(modified(5500, '2017-05-18'));
    given(...toSend(5500))
      .when(modify(1, '2017-05-18'))
      .then(modified(1, '2017-05-18'));
  });
  it.each(['2017-05-16', '2017-05-23'])('PAY-19 moves the date to %s on 16/05', (day) => {
    const at = noon('2017-05-16');
    given(...toSend(5500))
      .when(modify(null, day, at))
      .then(modified(5500, day, at));
  });
  it.each(['2017-05-14', '2017-05-24'])('PAY-19 does not move the date to %s on 16/05', (day) => {
    given(...toSend(5500))
      .when(modify(null, day, noon('2017-05-16')))
      .thenRefused({
        code: 'planned-date-out-of-range',
        firstDay: businessDay('2017-05-16'),
        lastDay: businessDay('2017-05-23'),
      });
  });
  it('PAY-19 leaves a planned date that is past as it is', () => {
    const at = noon('2017-06-01');
    given(...toSend(5500))
      .when(modify(1, null, at))
      .then(modified(1, '2017-05-15', at));
  });
  it('PAY-19 never raises the amount', () => {
    given(...toSend(5500))
      .when(modify(5501, null))
      .thenRefused({ code: 'amount-exceeds-current', current: eur(5500) });
    given(...toSend(5500), modified(4000, '2017-05-15'))
      .when({ ...modify(4001, null), operationId: OTHER_ID })
      .thenRefused({ code: 'amount-exceeds-current', current: eur(4000) });
  });
  it('is refused without anything to change', () => {
    given(...toSend(5500))
      .when(modify(null, null))
      .thenRefused({ code: 'nothing-to-modify' });
    given(...toSend(5500))
      .when(modify(5500, '2017-05-15'))
      .thenRefused({ code: 'nothing-to-modify' });
  });
  it('is refused without an amount or in another currency', () => {
    given(...toSend(5500))
      .when(modify(0, null))
      .thenRefused({ code: 'amount-not-positive' });
    given(...toSend(5500))
      .when({ ...modify(1, null), amount: { minor: 1, currency: 'USD' } })
      .thenRefused({ code: 'currency-mismatch', expected: 'EUR' });
  });
  it('moves only the date once part of the money went back', () => {
    const history = [...sent(5500), refunded(1000), SAMPLES.LineRejected, putBack];
    given(...history)
      .when(modify(5499, null))
      .thenRefused({ code: 'has-refunds' });
    given(...history)
      .when(modify(null, '2017-05-18'))
      .then(modified(5500, '2017-05-18'));
  });
  it('GEN-11 does nothing more when it comes again, and refuses the id with other content', () => {
    const history = [...toSend(5500), modified(4000, '2017-05-15')];
    given(...history)
      .when(modify(4000, null))
      .thenNothing();
    given(...history)
      .when(modify(3999, null))
      .thenRefused({ code: 'id-reused' });
    given(...history)
      .when(modify(4000, '2017-05-16'))
      .thenRefused({ code: 'id-reused' });
    given(...history)
      .when(modify(null, '2017-05-15'))
      .thenRefused({ code: 'id-reused' });
    given(...toSend(5500), modified(5500, '2017-05-16'))
      .when(modify(null, '2017-05-16'))
      .thenNothing();
    given(...toSend(5500), modified(5500, '2017-05-16'))
      .when(modify(5500, null))
      .thenRefused({ code: 'id-reused' });
  });
  it.each([...EVERYWHERE, awaitingConfirmation, awaitingCapture, isSetAside, alreadySent])(
    'is refused when the transaction %s',
    (_name, history, refusal) => {
      given(...history)
        .when({ ...modify(1, null), operationId: OTHER_ID })
        .thenRefused(refusal as never);
    },
  );
  it.each(outside)('is refused when %s', (_name, override, refusal) => {
    given(...toSend(5500))
      .when({ ...modify(1, null), ...override })
      .thenRefused(refusal);
  });
});
