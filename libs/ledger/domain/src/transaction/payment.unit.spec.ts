import { type Decision, businessDay, instant } from '@encaisse/kernel';
import { specification } from '@encaisse/testing';
import {
  AT,
  DEBIT_ID,
  OPERATION_ID,
  SAMPLES,
  eur,
  noon,
  paymentRequest,
  refundStream,
  sampleId,
  toSend,
} from '../testing/transaction-samples';
import { abandonPayment } from './abandon-payment';
import { confirmPayment } from './confirm-payment';
import { contractRefusalReason } from './contract-terms';
import { interruptAuthorization } from './interrupt-authorization';
import { recordAuthorization } from './record-authorization';
import { recordLateAnswer } from './record-late-answer';
import { recordPending } from './record-pending';
import { recordRefusal } from './record-refusal';
import { recordUnknownOutcome } from './record-unknown-outcome';
import { refusePending } from './refuse-pending';
import { requestPayment } from './request-payment';
import { settleUnknownOutcome } from './settle-unknown-outcome';
import { transactionStream } from './transaction';
import type { TransactionEvent } from './transaction-events';
import type { Transaction } from './transaction-state';
import { validateTransaction } from './validate-transaction';

const of = <Command, Refusal>(
  decide: (command: Command, state: Transaction) => Decision<TransactionEvent, Refusal>,
) => specification<Transaction, TransactionEvent, Command, Refusal>(transactionStream, decide);

const requested = SAMPLES.PaymentRequested(5500);
const unknown = [requested, SAMPLES.AuthorizationOutcomeUnknown];
const pending = [requested, SAMPLES.PaymentPending];
const refusedByIssuer = [requested, SAMPLES.PaymentRefused];
const reversed: TransactionEvent = {
  type: 'AuthorizationReversed',
  data: { transactionId: DEBIT_ID, responseCode: '00', reversedAt: AT },
};
const technicalError: TransactionEvent = {
  type: 'PaymentRefused',
  data: { transactionId: DEBIT_ID, reason: 'TECHNICAL_ERROR', responseCode: null, refusedAt: AT },
};
const settled = [...unknown, reversed, technicalError];

describe('Request a payment', () => {
  const { given } = of(requestPayment);

  it('records the intent before the acquirer is asked', () => {
    given().when(paymentRequest(5500)).then(requested);
  });
  it('GEN-11 does nothing more when the same request comes again', () => {
    given(...toSend(5500))
      .when(paymentRequest(5500, { at: noon('2017-05-16') }))
      .thenNothing();
  });
  it('GEN-11 is refused when the id holds another request', () => {
    given(requested)
      .when(paymentRequest(5500, { fingerprint: 'other' }))
      .thenRefused({ code: 'id-reused' });
    given(...refundStream(1000, 'accepted'))
      .when(paymentRequest(5500))
      .thenRefused({ code: 'id-reused' });
  });
  it('is refused without an amount', () => {
    given().when(paymentRequest(0)).thenRefused({ code: 'amount-not-positive' });
  });
  it('GEN-02 dates it by the Paris day, not by the UTC one', () => {
    const at = instant('2017-05-14T22:00:00.000Z');
    given()
      .when(paymentRequest(5500, { at }))
      .then({
        type: 'PaymentRequested',
        data: { ...requested.data, requestedAt: at, businessDay: businessDay('2017-05-15') },
      });
  });
});

describe('Record an authorisation', () => {
  const { given } = of(recordAuthorization);
  const answer = {
    transactionId: DEBIT_ID,
    authorizationNumber: '123456',
    responseCode: '00',
    at: AT,
  };

  it('accepts the payment, planned for the same day without deferral', () => {
    given(requested).when(answer).then(SAMPLES.PaymentAuthorized, SAMPLES.PaymentAccepted);
  });
  it.each([
    [4, '2017-05-19'],
    [7, '2017-05-22'],
  ])('REM-03 CASH-19 plans it %i days later with that deferral', (deferralDays, day) => {
    const accepted = { ...SAMPLES.PaymentAccepted.data, plannedDate: businessDay(day) };
    given(SAMPLES.PaymentRequested(5500, { deferralDays }))
      .when(answer)
      .then(SAMPLES.PaymentAuthorized, { type: 'PaymentAccepted', data: accepted });
  });
  it('does nothing more when the same answer is recorded again', () => {
    given(...toSend(5500))
      .when({ ...answer, at: noon('2017-05-16') })
      .thenNothing();
  });
  it.each<[string, readonly TransactionEvent[], object]>([
    ['is unknown', [], { code: 'transaction-unknown' }],
    ['is a refund', refundStream(1, 'accepted'), { code: 'not-a-debit', type: 'REFUND' }],
    ['timed out: the answer is late', unknown, { code: 'outcome-unknown' }],
    ['waits for a partner', pending, { code: 'awaiting-confirmation' }],
    ['is refused', refusedByIssuer, { code: 'outcome-already-recorded', status: 'REFUSED' }],
    ['was settled', settled, { code: 'outcome-already-recorded', status: 'REFUSED' }],
    [
      'is abandoned',
      [requested, SAMPLES.PaymentAbandoned],
      { code: 'outcome-already-recorded', status: 'ABANDONED' },
    ],
  ])('is refused when the transaction %s', (_name, history, refusal) => {
    given(...history)
      .when(answer)
      .thenRefused(refusal as never);
  });
  it('is refused when another authorisation stands already', () => {
    given(...toSend(5500))
      .when({ ...answer, authorizationNumber: '999999' })
      .thenRefused({ code: 'outcome-already-recorded', status: 'ACCEPTED' });
  });
});

describe('Record a refusal', () => {
  const { given } = of(recordRefusal);
  const refusal = {
    transactionId: DEBIT_ID,
    reason: 'ISSUER_DECLINED',
    responseCode: '05',
    at: AT,
  } as const;

  it('ends the payment', () => {
    given(requested).when(refusal).then(SAMPLES.PaymentRefused);
  });
  it('does nothing more when it comes again', () => {
    given(...refusedByIssuer)
      .when(refusal)
      .thenNothing();
  });
  it('is refused for another reason, or once accepted', () => {
    given(...refusedByIssuer)
      .when({ ...refusal, reason: 'CARD_EXPIRED' })
      .thenRefused({ code: 'outcome-already-recorded', status: 'REFUSED' });
    given(...toSend(5500))
      .when(refusal)
      .thenRefused({ code: 'outcome-already-recorded', status: 'ACCEPTED' });
    given(...unknown)
      .when(refusal)
      .thenRefused({ code: 'outcome-unknown' });
  });
});

describe('What a contract takes', () => {
  const terms = { isActive: true, minimumMinor: 100, maximumMinor: 10000 };
  it.each([
    [99, 'AMOUNT_OUT_OF_RANGE'],
    [100, null],
    [10000, null],
    [10001, 'AMOUNT_OUT_OF_RANGE'],
  ])('CONT-09 an amount of %i gives %s', (minor, reason) => {
    expect(contractRefusalReason(terms, eur(minor))).toBe(reason);
  });
  it('CONT-09 nothing when it is inactive, everything when it has no bounds', () => {
    expect(contractRefusalReason({ ...terms, isActive: false }, eur(1))).toBe('CONTRACT_INACTIVE');
    const open = { isActive: true, minimumMinor: null, maximumMinor: null };
    expect(contractRefusalReason(open, eur(1))).toBeNull();
  });
});

describe('A payment that a partner confirms later', () => {
  const day = { businessDay: businessDay('2017-05-17'), plannedDate: businessDay('2017-05-17') };
  const at = noon('2017-05-17');
  const confirmed = (operationId: string | null): TransactionEvent => ({
    type: 'PaymentConfirmed',
    data: { transactionId: DEBIT_ID, operationId, confirmedAt: at, ...day },
  });
  const refusal = {
    transactionId: DEBIT_ID,
    reason: 'ISSUER_DECLINED',
    responseCode: '05',
  } as const;

  it('waits, once', () => {
    const { given } = of(recordPending);
    given(requested).when({ transactionId: DEBIT_ID, at: AT }).then(SAMPLES.PaymentPending);
    given(...pending)
      .when({ transactionId: DEBIT_ID, at: AT })
      .thenNothing();
    given(...toSend(5500))
      .when({ transactionId: DEBIT_ID, at: AT })
      .thenRefused({ code: 'outcome-already-recorded', status: 'ACCEPTED' });
  });
  it('stands once confirmed, dated and planned that day', () => {
    const { given } = of(confirmPayment);
    const command = { transactionId: DEBIT_ID, operationId: null, at };
    given(...pending)
      .when(command)
      .then(confirmed(null));
    given(...pending, confirmed(null))
      .when(command)
      .thenNothing();
    given(...pending, confirmed(OPERATION_ID))
      .when(command)
      .thenNothing();
  });
  it('GEN-11 knows its operation again, and refuses the id for another one', () => {
    const { given } = of(confirmPayment);
    const command = { transactionId: DEBIT_ID, operationId: OPERATION_ID, at };
    given(...pending, confirmed(OPERATION_ID))
      .when(command)
      .thenNothing();
    given(...toSend(5500), SAMPLES.TransactionCancelled(5500))
      .when(command)
      .thenRefused({ code: 'id-reused' });
  });
  it.each<[string, readonly TransactionEvent[], object]>([
    ['is unknown', [], { code: 'transaction-unknown' }],
    ['is only requested', [requested], { code: 'authorization-in-progress' }],
    ['timed out', unknown, { code: 'outcome-unknown' }],
    ['is accepted', toSend(5500), { code: 'outcome-already-recorded', status: 'ACCEPTED' }],
    ['is refused', refusedByIssuer, { code: 'outcome-already-recorded', status: 'REFUSED' }],
  ])('is not confirmed when it %s', (_name, history, expected) => {
    of(confirmPayment)
      .given(...history)
      .when({ transactionId: DEBIT_ID, operationId: null, at })
      .thenRefused(expected as never);
    if (history === refusedByIssuer) return;
    of(refusePending)
      .given(...history)
      .when({ ...refusal, at })
      .thenRefused(expected as never);
  });
  it('ends when the partner says no', () => {
    const { given } = of(refusePending);
    given(...pending)
      .when({ ...refusal, at: AT })
      .then(SAMPLES.PaymentRefused);
    given(...pending, SAMPLES.PaymentRefused)
      .when({ ...refusal, at: AT })
      .thenNothing();
  });
});

describe('Abandon a payment', () => {
  const { given } = of(abandonPayment);
  const command = { transactionId: DEBIT_ID, wasAcquirerAsked: false, at: AT };

  it('records that the buyer gave up, once', () => {
    given(requested).when(command).then(SAMPLES.PaymentAbandoned);
    given(requested, SAMPLES.PaymentAbandoned).when(command).thenNothing();
  });
  it('is refused while an authorisation may be alive', () => {
    given(requested)
      .when({ ...command, wasAcquirerAsked: true })
      .thenRefused({ code: 'authorization-in-progress' });
    given(...unknown)
      .when(command)
      .thenRefused({ code: 'outcome-unknown' });
    given(...pending)
      .when(command)
      .thenRefused({ code: 'awaiting-confirmation' });
  });
});

describe('An acquirer whose answer never came', () => {
  const id = { transactionId: DEBIT_ID, at: AT };
  const interrupted: TransactionEvent = {
    type: 'AuthorizationOutcomeUnknown',
    data: { transactionId: DEBIT_ID, cause: 'interrupted', unknownSince: AT },
  };

  it('is unknown after a time-out, once', () => {
    const { given } = of(recordUnknownOutcome);
    const command = { ...id, cause: 'timeout' } as const;
    given(requested).when(command).then(SAMPLES.AuthorizationOutcomeUnknown);
    given(...unknown)
      .when(command)
      .thenNothing();
    given(...toSend(5500))
      .when(command)
      .thenRefused({ code: 'outcome-already-recorded', status: 'ACCEPTED' });
  });
  it('is unknown after a crash between the intent and its outcome', () => {
    const { given } = of(interruptAuthorization);
    given(requested).when(id).then(interrupted);
    given(requested, interrupted).when(id).thenNothing();
    given(...toSend(5500))
      .when(id)
      .thenRefused({ code: 'outcome-already-recorded', status: 'ACCEPTED' });
  });
  it('is settled by the answer to its reversal, once, and the buyer is not charged', () => {
    const { given } = of(settleUnknownOutcome);
    const command = { ...id, responseCode: '00' };
    given(...unknown)
      .when(command)
      .then(reversed, technicalError);
    given(...settled)
      .when(command)
      .thenNothing();
    given(requested).when(command).thenRefused({ code: 'outcome-not-unknown' });
    given(...refusedByIssuer)
      .when(command)
      .thenRefused({ code: 'outcome-not-unknown' });
    given(...toSend(5500))
      .when(command)
      .thenRefused({ code: 'outcome-not-unknown' });
  });
  it('keeps a late answer without changing anything', () => {
    const { given } = of(recordLateAnswer);
    const answer = { ...id, responseCode: '00', authorizationNumber: '123456' };
    const late: TransactionEvent = {
      type: 'LateAuthorizationAnswerReceived',
      data: {
        transactionId: DEBIT_ID,
        responseCode: '00',
        authorizationNumber: '123456',
        receivedAt: AT,
      },
    };
    given(...unknown)
      .when(answer)
      .then(late);
    given(...settled)
      .when(answer)
      .then(late);
    given(...unknown, late)
      .when(answer)
      .thenNothing();
    given(...settled, late)
      .when(answer)
      .thenNothing();
    given(...unknown, late)
      .when({ ...answer, responseCode: '05' })
      .then({
        type: late.type,
        data: { ...late.data, responseCode: '05' },
      });
    given(...toSend(5500))
      .when(answer)
      .thenRefused({ code: 'answer-not-late' });
    given(requested).when(answer).thenRefused({ code: 'answer-not-late' });
  });
  it('PAY-19 is not ended by a validation, whoever asks', () => {
    of(validateTransaction)
      .given(...unknown)
      .when({
        ...id,
        operationId: sampleId(70),
        isContractActive: true,
        isSupportedByMeans: true,
        acknowledgeStaleAuthorization: true,
      })
      .thenRefused({ code: 'outcome-unknown' });
  });
});
