import { type Decision, type Instant, businessDay, fold, instant } from '@encaisse/kernel';
import { specification } from '@encaisse/testing';
import {
  AT,
  DAY,
  DEBIT_ID,
  ENTRY_ID,
  OPERATION_ID,
  REFUND_ID,
  REMITTANCE_ID,
  SAMPLES,
  SENDING_ID,
  authorized,
  captured,
  eur,
  noon,
  paymentRequest,
  refundStarted,
  refundStream,
  refunded,
  sampleId,
  sent,
  toSend,
} from '../testing/transaction-samples';
import { duplicateTransaction } from './duplicate-transaction';
import { type AvailabilityFacts, OPERATIONS, availableOperations } from './operations';
import { putBack } from './put-back';
import { refuseCancellation } from './refuse-cancellation';
import { remittanceLines } from './remittance-lines';
import { requestPayment } from './request-payment';
import { requestSending } from './request-sending';
import { isDue, sendToBank } from './send-to-bank';
import { setAside } from './set-aside';
import { transactionStream } from './transaction';
import type { TransactionEvent } from './transaction-events';
import type { Transaction } from './transaction-state';

const of = <Command, Refusal>(
  decide: (command: Command, state: Transaction) => Decision<TransactionEvent, Refusal>,
) => specification<Transaction, TransactionEvent, Command, Refusal>(transactionStream, decide);
const after = (...events: readonly TransactionEvent[]) => fold(transactionStream, events);

const OTHER_ID = sampleId(77);
const facts = { isContractActive: true, isSupportedByMeans: true };
const requested = SAMPLES.PaymentRequested(5500);
const pending = [requested, SAMPLES.PaymentPending];
const unknown = [requested, SAMPLES.AuthorizationOutcomeUnknown];
const refusedPayment = [requested, SAMPLES.PaymentRefused];
const cancelled = [...toSend(5500), SAMPLES.TransactionCancelled(5500)];
const setAsideDebit = [...sent(5500), SAMPLES.LineRejected];
const refund = refundStream(1000, 'accepted');
const sentRefund = [...refund, SAMPLES.TransactionSentToBank];

describe('Ask to send a transaction to the bank', () => {
  const { given } = of(requestSending);
  const send = (at: Instant = AT, acknowledgeStaleAuthorization = false) => ({
    ...facts,
    transactionId: DEBIT_ID,
    sendingId: SENDING_ID,
    at,
    acknowledgeStaleAuthorization,
  });
  const asked = (day: string): TransactionEvent => ({
    type: 'SendingRequested',
    data: {
      ...SAMPLES.SendingRequested.data,
      requestedAt: noon(day),
      businessDay: businessDay(day),
    },
  });

  it('CASH-18 CASH-19 CASH-20 sends on 17/05 what was planned for 19/05', () => {
    const deferred = { ...SAMPLES.PaymentAccepted.data, plannedDate: businessDay('2017-05-19') };
    const history: TransactionEvent[] = [
      SAMPLES.PaymentRequested(5500, { deferralDays: 4 }),
      SAMPLES.PaymentAuthorized,
      { type: 'PaymentAccepted', data: deferred },
    ];
    expect(isDue(after(...history), businessDay('2017-05-18'))).toBe(false);
    given(...history)
      .when(send(noon('2017-05-17')))
      .then(asked('2017-05-17'));
    expect(isDue(after(...history, asked('2017-05-17')), businessDay('2017-05-17'))).toBe(true);
  });
  it('sends a refund too, however old the authorisation of its original is', () => {
    given(...refund)
      .when(send())
      .then(SAMPLES.SendingRequested);
    given(...refund)
      .when(send(noon('2017-09-01')))
      .then(asked('2017-09-01'));
  });
  it('CASH-02 asks for confirmation from the eighth day on, without a last day', () => {
    given(...toSend(5500))
      .when(send(noon('2017-05-22')))
      .then(asked('2017-05-22'));
    given(...toSend(5500))
      .when(send(noon('2017-05-23')))
      .thenRefused({
        code: 'confirmation-required',
        authorizedOn: DAY,
        validUntil: businessDay('2017-05-22'),
      });
    given(...toSend(5500))
      .when(send(noon('2018-05-23'), true))
      .then(asked('2018-05-23'));
  });
  it('GEN-11 does nothing more when it comes again', () => {
    given(...toSend(5500), SAMPLES.SendingRequested)
      .when(send())
      .thenNothing();
    given(...toSend(5500), SAMPLES.SendingRequested, SAMPLES.TransactionSentToBank)
      .when(send())
      .thenNothing();
    given(...toSend(5500), SAMPLES.TransactionCancelled(5500))
      .when({ ...send(), sendingId: OPERATION_ID })
      .thenRefused({ code: 'id-reused' });
  });
  it.each<[string, readonly TransactionEvent[], object]>([
    ['holds nothing', [], { code: 'transaction-unknown' }],
    [
      'is being sent',
      [...toSend(1), SAMPLES.SendingRequested],
      { code: 'operation-in-progress', sendingId: SENDING_ID },
    ],
    ['is only requested', [requested], { code: 'authorization-in-progress' }],
    ['has an unknown outcome', unknown, { code: 'outcome-unknown' }],
    ['waits for a partner', pending, { code: 'awaiting-confirmation' }],
    ['is refused', refusedPayment, { code: 'not-accepted', status: 'REFUSED' }],
    ['awaits its capture', authorized(1), { code: 'awaiting-capture' }],
    ['is sent', sent(1), { code: 'already-sent', instead: 'refund' }],
    ['is set aside', setAsideDebit, { code: 'set-aside' }],
    ['is cancelled', cancelled, { code: 'already-cancelled' }],
    ['is a refund to confirm', refundStream(1, 'pending'), { code: 'awaiting-confirmation' }],
    ['is a refund sent', sentRefund, { code: 'already-sent', instead: null }],
    ['is a refund set aside', [...sentRefund, SAMPLES.LineRejected], { code: 'set-aside' }],
  ])('CASH-18 is refused when the transaction %s', (_name, history, refusal) => {
    given(...history)
      .when({ ...send(), sendingId: OTHER_ID })
      .thenRefused(refusal as never);
  });
  it('is refused when the contract is inactive or the means cannot', () => {
    given(...refund)
      .when({ ...send(), isContractActive: false })
      .thenRefused({ code: 'contract-inactive' });
    given(...refund)
      .when({ ...send(), isSupportedByMeans: false })
      .thenRefused({ code: 'means-cannot' });
  });
});

describe('Put a transaction into a remittance', () => {
  const { given } = of(sendToBank);
  const send = {
    transactionId: DEBIT_ID,
    remittanceId: REMITTANCE_ID,
    remittanceNumber: '1999888-1',
    at: AT,
  };
  const planned = (day: string): TransactionEvent => ({
    type: 'PaymentAccepted',
    data: { ...SAMPLES.PaymentAccepted.data, plannedDate: businessDay(day) },
  });
  const deferred = [requested, SAMPLES.PaymentAuthorized, planned('2017-05-16')];

  it.each<[string, readonly TransactionEvent[]]>([
    ['a debit', toSend(5500)],
    ['a debit asked for by hand', [...deferred, SAMPLES.SendingRequested]],
    ['a cancellation', cancelled],
    ['a refund', refund],
  ])('REM-02 CASH-13 takes %s, once', (_name, history) => {
    given(...history)
      .when(send)
      .then(SAMPLES.TransactionSentToBank);
    given(...history, SAMPLES.TransactionSentToBank)
      .when(send)
      .thenNothing();
    given(...history, SAMPLES.TransactionSentToBank)
      .when({ ...send, remittanceId: OTHER_ID })
      .thenRefused({ code: 'already-sent', remittanceId: REMITTANCE_ID });
  });
  it('REM-03 leaves to another day what is planned later', () => {
    given(...deferred)
      .when(send)
      .thenRefused({ code: 'not-due', plannedDate: businessDay('2017-05-16') });
    const midnight = instant('2017-05-15T22:00:00.000Z');
    given(...deferred)
      .when({ ...send, at: midnight })
      .then({
        type: 'TransactionSentToBank',
        data: {
          ...SAMPLES.TransactionSentToBank.data,
          sentAt: midnight,
          businessDay: businessDay('2017-05-16'),
        },
      });
  });
  it('REM-03 a capture keeps the planned date, so that a past one leaves that evening', () => {
    const late = captured(100, noon('2017-06-20'), businessDay('2017-06-20'));
    const state = after(...authorized(5500), late);
    expect(state).toMatchObject({ plannedDate: DAY });
    expect(isDue(state, businessDay('2017-06-20'))).toBe(true);
  });
  it.each<[string, readonly TransactionEvent[]]>([
    ['awaits its capture', authorized(1)],
    ['is refused', refusedPayment],
    [
      'is set aside',
      [
        ...toSend(1),
        {
          ...SAMPLES.LineRejected,
          data: {
            ...SAMPLES.LineRejected.data,
            reason: 'inactive-contract',
            remittanceId: null,
            detail: null,
          },
        },
      ],
    ],
    ['waits for a partner', pending],
  ])('takes nothing that %s', (_name, history) => {
    given(...history)
      .when(send)
      .thenRefused({ code: 'not-to-send' });
  });
  it('takes again, in another remittance, what was rejected and put back', () => {
    const back: TransactionEvent = {
      type: 'TransactionPutBack',
      data: { transactionId: DEBIT_ID, operationId: OPERATION_ID, plannedDate: DAY, putBackAt: AT },
    };
    const again = { ...send, remittanceId: OTHER_ID, remittanceNumber: '1999888-2' };
    const { transactionId, at, ...remittance } = again;
    given(...setAsideDebit, back)
      .when(again)
      .then({
        type: 'TransactionSentToBank',
        data: { transactionId, ...remittance, sentAt: at, businessDay: DAY },
      });
    given(...setAsideDebit, back)
      .when(send)
      .thenNothing();
  });
});

describe('Set a transaction aside', () => {
  const { given } = of(setAside);
  const inactive = { transactionId: DEBIT_ID, reason: 'inactive-contract', at: AT } as const;
  const rejected = {
    transactionId: DEBIT_ID,
    reason: 'line-rejected',
    remittanceId: REMITTANCE_ID,
    detail: 'closed account',
    at: AT,
  } as const;
  const keptOut: TransactionEvent = {
    type: 'TransactionSetAside',
    data: {
      transactionId: DEBIT_ID,
      reason: 'inactive-contract',
      detail: null,
      remittanceId: null,
      setAsideAt: AT,
    },
  };

  it('keeps out of the remittance what an inactive contract cannot send', () => {
    given(...toSend(5500))
      .when(inactive)
      .then(keptOut);
    given(...toSend(5500), SAMPLES.SendingRequested)
      .when(inactive)
      .then(keptOut);
    given(...refund)
      .when(inactive)
      .then(keptOut);
    given(...toSend(5500), keptOut)
      .when(inactive)
      .thenNothing();
    given(...sent(5500))
      .when(inactive)
      .thenRefused({ code: 'not-to-send' });
  });
  it('REM-15 records a rejected line, once', () => {
    given(...sent(5500))
      .when(rejected)
      .then(SAMPLES.LineRejected);
    given(...sentRefund)
      .when(rejected)
      .then(SAMPLES.LineRejected);
    given(...setAsideDebit)
      .when(rejected)
      .thenNothing();
  });
  it('REM-15 does not take the news of an earlier remittance for the one that holds', () => {
    const back: TransactionEvent = {
      type: 'TransactionPutBack',
      data: { transactionId: DEBIT_ID, operationId: OPERATION_ID, plannedDate: DAY, putBackAt: AT },
    };
    const again: TransactionEvent = {
      type: 'TransactionSentToBank',
      data: { ...SAMPLES.TransactionSentToBank.data, remittanceId: OTHER_ID },
    };
    given(...setAsideDebit, back)
      .when(rejected)
      .thenNothing();
    given(...setAsideDebit, back, again)
      .when(rejected)
      .thenNothing();
    given(...sent(5500))
      .when({ ...rejected, remittanceId: OTHER_ID })
      .thenRefused({ code: 'not-in-remittance' });
  });
  it('never sets a cancellation aside', () => {
    given(...cancelled)
      .when(inactive)
      .thenRefused({ code: 'is-cancellation' });
    given(...cancelled, SAMPLES.TransactionSentToBank)
      .when(rejected)
      .thenRefused({ code: 'is-cancellation' });
    given().when(inactive).thenRefused({ code: 'transaction-unknown' });
  });
});

describe('Put back what was set aside', () => {
  const { given } = of(putBack);
  const back = {
    transactionId: DEBIT_ID,
    operationId: OPERATION_ID,
    isContractActive: true,
    at: noon('2017-05-20'),
  };
  const done = (day: string): TransactionEvent => ({
    type: 'TransactionPutBack',
    data: {
      transactionId: DEBIT_ID,
      operationId: OPERATION_ID,
      plannedDate: businessDay(day),
      putBackAt: noon('2017-05-20'),
    },
  });

  it('leaves with the next telecollection', () => {
    given(...setAsideDebit)
      .when(back)
      .then(done('2017-05-20'));
    given(...sentRefund, SAMPLES.LineRejected)
      .when(back)
      .then(done('2017-05-20'));
  });
  it('keeps a planned date that still lies ahead', () => {
    const planned = { ...SAMPLES.PaymentAccepted.data, plannedDate: businessDay('2017-05-22') };
    const keptOut = { reason: 'inactive-contract', detail: null, remittanceId: null } as const;
    given(
      requested,
      SAMPLES.PaymentAuthorized,
      { type: 'PaymentAccepted', data: planned },
      {
        type: 'TransactionSetAside',
        data: { transactionId: DEBIT_ID, ...keptOut, setAsideAt: AT },
      },
    )
      .when(back)
      .then(done('2017-05-22'));
  });
  it('does nothing more when it comes again', () => {
    given(...setAsideDebit, done('2017-05-20'))
      .when(back)
      .thenNothing();
  });
  it('is refused when nothing is set aside or the contract is inactive', () => {
    given(...toSend(5500))
      .when(back)
      .thenRefused({ code: 'not-set-aside' });
    given().when(back).thenRefused({ code: 'transaction-unknown' });
    given(...setAsideDebit)
      .when({ ...back, isContractActive: false })
      .thenRefused({ code: 'contract-inactive' });
    given(...cancelled)
      .when(back)
      .thenRefused({ code: 'id-reused' });
  });
});

describe('The entry of a refused cancellation', () => {
  const { given } = of(refuseCancellation);
  const refuse = {
    transactionId: ENTRY_ID,
    transactionNumber: '0000000003',
    original: after(...toSend(5500)),
    reason: 'TECHNICAL_ERROR',
    responseCode: '96',
    at: AT,
  } as const;

  it('TRX-09 is an entry of its own that points at the original, once', () => {
    const { decision } = given().when(refuse);
    expect(decision).toMatchObject({
      accepted: [
        {
          type: 'CancellationRefused',
          data: {
            transactionId: ENTRY_ID,
            originalTransactionId: DEBIT_ID,
            orderReference: 'ORDER-1',
            amount: eur(5500),
            reason: 'TECHNICAL_ERROR',
            environment: 'TEST',
            businessDay: DAY,
          },
        },
      ],
    });
    const events = 'accepted' in decision ? decision.accepted : [];
    given(...events)
      .when(refuse)
      .thenNothing();
    given(...events)
      .when({ ...refuse, responseCode: '12' })
      .thenRefused({ code: 'id-reused' });
    given(...toSend(1))
      .when(refuse)
      .thenRefused({ code: 'id-reused' });
  });
  it('is not made for what could not be cancelled anyway', () => {
    given()
      .when({ ...refuse, original: after(...sent(5500)) })
      .thenRefused({ code: 'already-sent', instead: 'refund' });
  });
});

describe('Duplicate a transaction', () => {
  const duplicate = {
    ...facts,
    transactionId: sampleId(50),
    transactionNumber: '0000000050',
    orderReference: 'ORDER-2',
    amount: eur(999),
    channel: 'VIRTUAL_TERMINAL',
    trace: null,
    fingerprint: 'fingerprint-2',
    at: noon('2017-06-01'),
    hasStoredCard: true,
  } as const;

  it.each<[string, readonly TransactionEvent[]]>([
    ['a debit sent', sent(5500)],
    ['a refused one', refusedPayment],
    ['a cancelled one', cancelled],
    ['an authorisation awaiting its capture', authorized(5500)],
  ])('PAY-19 takes over the card and the place of %s', (_name, history) => {
    const decision = duplicateTransaction(duplicate, after(...history));
    const isAuthorizationOnly = _name === 'an authorisation awaiting its capture';
    const expected = paymentRequest(999, {
      transactionId: sampleId(50),
      transactionNumber: '0000000050',
      orderReference: 'ORDER-2',
      channel: 'VIRTUAL_TERMINAL',
      wallet: null,
      clientCountry: null,
      duplicateOf: DEBIT_ID,
      trace: null,
      fingerprint: 'fingerprint-2',
      authorizationOnly: isAuthorizationOnly,
      at: noon('2017-06-01'),
    });
    expect(decision).toEqual({ accepted: [expected] });
    expect(requestPayment(expected, transactionStream.initial)).toMatchObject({
      accepted: [{ type: 'PaymentRequested' }],
    });
  });
  it.each<[string, readonly TransactionEvent[], object, object]>([
    ['of nothing', [], {}, { code: 'transaction-unknown' }],
    ['of a refund', refund, {}, { code: 'not-a-debit', type: 'REFUND' }],
    [
      'while it is sent',
      [...toSend(1), SAMPLES.SendingRequested],
      {},
      { code: 'operation-in-progress', sendingId: SENDING_ID },
    ],
    [
      'without a card',
      [SAMPLES.PaymentRequested(1, { card: null })],
      {},
      { code: 'no-stored-card' },
    ],
    ['once the card is erased', sent(1), { hasStoredCard: false }, { code: 'no-stored-card' }],
    [
      'on an inactive contract',
      sent(1),
      { isContractActive: false },
      { code: 'contract-inactive' },
    ],
    ['when the means cannot', sent(1), { isSupportedByMeans: false }, { code: 'means-cannot' }],
    [
      'under the same order',
      sent(1),
      { orderReference: 'ORDER-1' },
      { code: 'order-reference-reused' },
    ],
    ['of no amount', sent(1), { amount: eur(0) }, { code: 'amount-not-positive' }],
    [
      'in another currency',
      sent(1),
      { amount: { minor: 1, currency: 'USD' } },
      { code: 'currency-mismatch', expected: 'EUR' },
    ],
  ])('PAY-19 is refused %s', (_name, history, override, refusal) => {
    expect(duplicateTransaction({ ...duplicate, ...override }, after(...history))).toEqual({
      refused: refusal,
    });
  });
});

describe('The lines of a transaction in a remittance', () => {
  const line = (kind: 'DEBIT' | 'REFUND' | 'CANCELLATION', minor: number, id = DEBIT_ID) => {
    const side = kind === 'DEBIT' ? 'DEBIT' : 'CREDIT';
    return { transactionId: id, kind, side, amount: eur(minor) };
  };

  it.each<[string, readonly TransactionEvent[], readonly object[]]>([
    ['a debit', toSend(5500), [line('DEBIT', 5500)]],
    [
      'CASH-18 the captured amount',
      [...authorized(15000), captured(10000)],
      [line('DEBIT', 10000)],
    ],
    ['a debit refunded since', [...sent(5500), refunded(1000)], [line('DEBIT', 5500)]],
    ['a refund', refund, [line('REFUND', 1000, REFUND_ID)]],
    ['CASH-13 a cancellation', cancelled, [line('DEBIT', 5500), line('CANCELLATION', 5500)]],
    ['an authorisation', authorized(1), []],
    ['a payment to confirm', pending, []],
    ['a refused one', refusedPayment, []],
    ['a rejected line', setAsideDebit, []],
    ['a refund to confirm', refundStream(1, 'pending'), []],
    ['nothing', [], []],
  ])('REM-09 %s', (_name, history, lines) => {
    expect(remittanceLines(after(...history))).toEqual(lines);
  });

  it('REM-09 CASH-13 add up to the worked remittance of VISA and CB', () => {
    const totals = (...states: readonly Transaction[]) => {
      const lines = states.flatMap(remittanceLines);
      const sum = (side: string) =>
        lines.filter((each) => each.side === side).map((each) => each.amount.minor);
      const add = (amounts: readonly number[]) => amounts.reduce((left, right) => left + right, 0);
      const [debits, credits] = [sum('DEBIT'), sum('CREDIT')];
      return [debits.length, add(debits), credits.length, add(credits), add(debits) - add(credits)];
    };
    const t4 = after(...authorized(15000), captured(10000));
    const t6 = after(...toSend(2000), SAMPLES.TransactionCancelled(2000));
    expect(totals(t4, t6)).toEqual([2, 12000, 1, 2000, 10000]);
    expect(totals(after(...refund))).toEqual([0, 0, 1, 1000, -1000]);
  });
});

describe('The operations offered on a transaction', () => {
  const everything: AvailabilityFacts = {
    at: AT,
    isContractActive: true,
    supportedOperations: new Set(OPERATIONS),
    hasStoredCard: true,
  };
  const allowed = (history: readonly TransactionEvent[], facts = everything) =>
    availableOperations(after(...history), facts)
      .filter(({ isAllowed }) => isAllowed)
      .map(({ operation }) => operation);
  const cardOnly = ['duplicate', 'block-card'];

  it.each<[string, readonly TransactionEvent[], readonly string[]]>([
    ['an authorisation', authorized(5500), ['capture', 'duplicate', 'validate', 'block-card']],
    ['a payment to confirm', pending, ['duplicate', 'validate', 'block-card']],
    ['an unknown outcome', unknown, cardOnly],
    ['a debit to send', toSend(5500), ['cancel', 'send', 'modify', 'duplicate', 'block-card']],
    ['a debit sent', sent(5500), ['refund', 'duplicate', 'block-card']],
    ['a debit refunded whole', [...sent(5500), refunded(5500)], cardOnly],
    ['a debit whose refund is in progress', [...sent(5500), refundStarted(5500)], cardOnly],
    ['a debit set aside', setAsideDebit, cardOnly],
    ['a refused debit', refusedPayment, cardOnly],
    ['an abandoned debit', [requested, SAMPLES.PaymentAbandoned], cardOnly],
    ['a debit being sent', [...toSend(5500), SAMPLES.SendingRequested], ['block-card']],
    ['a cancellation', cancelled, cardOnly],
    ['a refund', refund, ['send', 'block-card']],
    ['a refund sent', sentRefund, ['block-card']],
    ['nothing', [], []],
  ])('CASH-01 are those of the table for %s', (_name, history, operations) => {
    expect(allowed(history)).toEqual(operations);
  });
  it('CASH-03 are fewer after 75 days', () => {
    const later = { ...everything, at: noon('2017-07-30') };
    expect(allowed(authorized(5500), later)).toEqual(cardOnly);
    expect(allowed(sent(5500), later)).toEqual(cardOnly);
    expect(allowed(toSend(5500), later)).toEqual(['send', 'modify', 'duplicate', 'block-card']);
  });
  it('CASH-01 say why not, with the refusal the decision gives', () => {
    const [refundOffer, cancelOffer, , sendOffer] = availableOperations(after(...sent(5500)), {
      ...everything,
      at: noon('2017-07-30'),
    });
    expect(refundOffer).toEqual({
      operation: 'refund',
      isAllowed: false,
      refusal: { code: 'window-closed', lastDay: '2017-07-29' },
      maximum: null,
      lastDay: '2017-07-29',
      warnings: [],
    });
    expect(cancelOffer).toMatchObject({ refusal: { code: 'already-sent', instead: 'refund' } });
    expect(sendOffer).toMatchObject({ refusal: { code: 'already-sent' }, lastDay: null });
  });
  it('CASH-01 say how much at most', () => {
    const maxima = (history: readonly TransactionEvent[]) =>
      availableOperations(after(...history), everything)
        .filter(({ maximum }) => maximum !== null)
        .map(({ operation, maximum }) => [operation, maximum?.minor]);
    expect(maxima([...sent(5500), refunded(1000)])).toEqual([['refund', 4500]]);
    expect(maxima(authorized(5500))).toEqual([
      ['capture', 5500],
      ['validate', 5500],
    ]);
    expect(maxima([...authorized(5500), captured(4000)])).toEqual([
      ['cancel', 4000],
      ['send', 4000],
      ['modify', 4000],
    ]);
    expect(maxima(refund)).toEqual([['send', 1000]]);
  });
  it('CASH-02 warn from the eighth day on', () => {
    const warnings = (day: string) =>
      availableOperations(after(...toSend(5500)), { ...everything, at: noon(day) })
        .filter((offer) => offer.warnings.length > 0)
        .map(({ operation, warnings: [first] }) => [operation, first?.validUntil]);
    expect(warnings('2017-05-22')).toEqual([]);
    expect(warnings('2017-05-23')).toEqual([['send', '2017-05-22']]);
  });
  it('CASH-01 follow the means, the contract and the card', () => {
    const means = { ...everything, supportedOperations: new Set(['refund'] as const) };
    expect(allowed(sent(5500), means)).toEqual(['refund', 'block-card']);
    expect(allowed(sent(5500), { ...everything, isContractActive: false })).toEqual(['block-card']);
    expect(allowed(sent(5500), { ...everything, hasStoredCard: false })).toEqual(['refund']);
    const without = [SAMPLES.PaymentRequested(1, { card: null }), SAMPLES.PaymentRefused];
    expect(allowed(without)).toEqual([]);
  });
  it('offers to move a date that is today already', () => {
    expect(allowed(toSend(1))).toContain('modify');
  });
});
