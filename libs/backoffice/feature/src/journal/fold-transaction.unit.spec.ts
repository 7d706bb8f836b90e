import fc from 'fast-check';
import { businessDay, money } from '@encaisse/kernel';
import {
  currentAmount,
  debitedAmount,
  initialAmount,
  type Transaction,
  type TransactionEvent,
  transactionStream,
  tripleOf,
} from '@encaisse/ledger/domain';
import { eventsOf, idOf, NOON, SHOP, WORKED_DAY } from '../fixtures/recorded-transactions';
import { foldTransaction, tripleOfRow } from './fold-transaction';
import type { JournalRow } from './journal-row';

const rowOf = (events: readonly TransactionEvent[]): JournalRow =>
  events.reduce<JournalRow | undefined>(foldTransaction, undefined)!;

const ID = idOf(1);
const day = businessDay('2026-11-22');
const amount = (minor: number) => money(minor, 'EUR');
const payment = (...more: readonly TransactionEvent[]) =>
  rowOf([
    ...eventsOf({
      id: ID,
      at: NOON,
      type: 'DEBIT',
      status: 'ACCEPTED',
      acquirerStatus: 'TO_SEND',
      initial: 5500,
    }),
    ...more,
  ]);
const sent: TransactionEvent = {
  type: 'TransactionSentToBank',
  data: {
    transactionId: ID,
    remittanceId: idOf(90),
    remittanceNumber: '1234567-1',
    sentAt: NOON,
    businessDay: day,
  },
};
const refunded = (minor: number, refund = 50): TransactionEvent => ({
  type: 'TransactionRefunded',
  data: {
    transactionId: ID,
    refundId: idOf(refund),
    amount: amount(minor),
    refundedAt: NOON,
    businessDay: day,
  },
});
const refundStarted = (minor: number, refund = 50): TransactionEvent => ({
  type: 'TransactionRefundStarted',
  data: { transactionId: ID, refundId: idOf(refund), amount: amount(minor), startedAt: NOON },
});

describe('A row of the journal', () => {
  it('is not listed while only the request is known', () => {
    const [requested] = eventsOf(WORKED_DAY[0]!);
    expect(rowOf([requested!])).toMatchObject({ combination: null, shopId: SHOP });
  });

  it.each(WORKED_DAY.map((sketch, index) => [`T${index + 1}`, sketch] as const))(
    'TRX-09 shows %s of the worked day with its three linked fields',
    (_name, sketch) => {
      const { type, status, acquirerStatus } = sketch;
      const row = rowOf(eventsOf(sketch));
      expect(tripleOfRow(row.combination!)).toMatchObject({ type, status, acquirerStatus });
      expect(row).toMatchObject({
        initialMinor: sketch.initial,
        paymentMeans: sketch.means,
        createdAt: NOON,
      });
    },
  );

  it('TRX-34 shows the amounts after refunds, initial and current', () => {
    const row = payment(sent, refunded(1000), refunded(2000, 51));
    expect(row).toMatchObject({ initialMinor: 5500, debitedMinor: 5500, currentMinor: 2500 });
  });

  it('TRX-34 shows nothing left after a cancellation', () => {
    const cancelled = rowOf(eventsOf(WORKED_DAY[5]!));
    expect(cancelled).toMatchObject({ initialMinor: 2000, debitedMinor: 2000, currentMinor: 0 });
  });

  it('TRX-34 shows the authorised amount, then the captured one', () => {
    expect(rowOf(eventsOf(WORKED_DAY[2]!))).toMatchObject({ debitedMinor: 0, currentMinor: 15000 });
    const captured = { initialMinor: 15000, debitedMinor: 10000, currentMinor: 10000 };
    expect(rowOf(eventsOf(WORKED_DAY[3]!))).toMatchObject(captured);
  });

  it('reserves the amount of a refund in progress until it is settled', () => {
    const started = payment(sent, refundStarted(1000), refundStarted(500, 51));
    expect(started).toMatchObject({ refundingMinor: 1500, refundedMinor: 0, currentMinor: 5500 });
    const accepted = payment(sent, refundStarted(1000), refundStarted(500, 51), refunded(1000));
    expect(accepted).toMatchObject({
      refundingMinor: 500,
      refundedMinor: 1000,
      refundsInProgress: [idOf(51)],
    });
    const failed = payment(sent, refundStarted(1000), {
      type: 'TransactionRefundFailed',
      data: { transactionId: ID, refundId: idOf(50), amount: amount(1000), failedAt: NOON },
    });
    expect(failed).toMatchObject({
      refundingMinor: 0,
      refundsInProgress: null,
      currentMinor: 5500,
    });
  });

  it('REM-15 leaves a remittance that rejected its line, which still lists it', () => {
    const setAside: TransactionEvent = {
      type: 'TransactionSetAside',
      data: {
        transactionId: ID,
        reason: 'line-rejected',
        detail: 'unknown card',
        remittanceId: idOf(90),
        setAsideAt: NOON,
      },
    };
    expect(payment(sent, setAside)).toMatchObject({
      remittanceNumber: '1234567-1',
      setAsideDetail: 'unknown card',
    });
    const putBack: TransactionEvent = {
      type: 'TransactionPutBack',
      data: {
        transactionId: ID,
        operationId: idOf(70),
        plannedDate: businessDay('2026-11-25'),
        putBackAt: NOON,
      },
    };
    expect(payment(sent, setAside, putBack)).toMatchObject({
      remittanceId: null,
      remittanceNumber: null,
      earlierRemittances: [idOf(90)],
      setAsideReason: null,
      plannedDate: '2026-11-25',
    });
  });

  it('stops at an event whose first one is missing', () => {
    expect(() => foldTransaction(undefined, sent)).toThrow('has no first event');
  });
});

/** Every event a payment or a refund may meet; those the ledger would not record are passed over. */
const steps: readonly ((minor: number) => TransactionEvent)[] = [
  () => eventsOf(WORKED_DAY[9]!)[1]!,
  () => eventsOf(WORKED_DAY[9]!)[2]!,
  () => ({ type: 'PaymentPending', data: { transactionId: ID, pendingAt: NOON } }),
  () => ({
    type: 'PaymentConfirmed',
    data: {
      transactionId: ID,
      operationId: null,
      confirmedAt: NOON,
      businessDay: day,
      plannedDate: day,
    },
  }),
  () => ({
    type: 'PaymentRefused',
    data: { transactionId: ID, reason: 'RISK_CONTROL', responseCode: null, refusedAt: NOON },
  }),
  () => ({ type: 'PaymentAbandoned', data: { transactionId: ID, abandonedAt: NOON } }),
  () => ({
    type: 'AuthorizationOutcomeUnknown',
    data: { transactionId: ID, cause: 'timeout', unknownSince: NOON },
  }),
  () => ({
    type: 'AuthorizationReversed',
    data: { transactionId: ID, responseCode: '00', reversedAt: NOON },
  }),
  (minor) => ({
    type: 'TransactionCaptured',
    data: {
      transactionId: ID,
      operationId: idOf(60),
      amount: amount(minor),
      capturedAt: NOON,
      businessDay: day,
    },
  }),
  (minor) => ({
    type: 'TransactionCancelled',
    data: {
      transactionId: ID,
      operationId: idOf(61),
      amount: amount(minor),
      cancelledAt: NOON,
      businessDay: day,
    },
  }),
  (minor) => ({
    type: 'TransactionModified',
    data: {
      transactionId: ID,
      operationId: idOf(62),
      amount: amount(minor),
      plannedDate: day,
      modifiedAt: NOON,
    },
  }),
  () => sent,
  (minor) => refundStarted(minor),
  (minor) => refundStarted(minor, 51),
  (minor) => refunded(minor),
  (minor) => refunded(minor, 52),
  (minor) => ({
    type: 'TransactionRefundFailed',
    data: { transactionId: ID, refundId: idOf(51), amount: amount(minor), failedAt: NOON },
  }),
  () => ({
    type: 'TransactionSetAside',
    data: {
      transactionId: ID,
      reason: 'line-rejected',
      detail: null,
      remittanceId: idOf(90),
      setAsideAt: NOON,
    },
  }),
  () => ({
    type: 'TransactionSetAside',
    data: {
      transactionId: ID,
      reason: 'inactive-contract',
      detail: null,
      remittanceId: null,
      setAsideAt: NOON,
    },
  }),
  () => ({
    type: 'TransactionPutBack',
    data: { transactionId: ID, operationId: idOf(63), plannedDate: day, putBackAt: NOON },
  }),
  () => ({ type: 'RefundPending', data: { transactionId: ID, pendingAt: NOON } }),
  () => ({
    type: 'RefundAccepted',
    data: { transactionId: ID, acceptedAt: NOON, businessDay: day, plannedDate: day },
  }),
  () => ({
    type: 'RefundConfirmed',
    data: { transactionId: ID, confirmedAt: NOON, businessDay: day, plannedDate: day },
  }),
  () => ({
    type: 'RefundRefused',
    data: { transactionId: ID, reason: 'RISK_CONTROL', responseCode: null, refusedAt: NOON },
  }),
];

const openings: readonly TransactionEvent[] = [0, 2, 1].map(
  (index) => eventsOf({ ...WORKED_DAY[index]!, id: ID, initial: 5 })[0]!,
);

describe('The journal and the ledger', () => {
  it('M1 agree on the combination and the amounts after any life of a transaction', () => {
    const walk = fc.array(fc.tuple(fc.nat(steps.length - 1), fc.constantFrom(1, 2, 5, 5, 6)), {
      minLength: 20,
      maxLength: 60,
    });
    const reached = new Set<number>();
    fc.assert(
      fc.property(fc.constantFrom(...openings), walk, (opening, choices) => {
        let state: Transaction = transactionStream.evolve(transactionStream.initial, opening);
        let row = foldTransaction(undefined, opening);
        for (const [choice, minor] of choices) {
          const event = steps[choice]!(minor);
          const next = stateAfter(state, event);
          if (next === null) continue;
          state = next;
          row = foldTransaction(row, event);
          const triple = tripleOf(state);
          if (triple === null) expect(row.combination).toBeNull();
          else expect(tripleOfRow(row.combination!)).toMatchObject(triple);
          expect(row.initialMinor).toBe(initialAmount(state).minor);
          expect(row.debitedMinor).toBe(debitedAmount(state)?.minor ?? null);
          expect(row.currentMinor).toBe(currentAmount(state).minor);
          if (row.combination !== null) reached.add(row.combination);
        }
      }),
      { numRuns: 400, seed: 7 },
    );
    expect([...reached].sort((left, right) => left - right)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15,
    ]);
  });
});

function stateAfter(state: Transaction, event: TransactionEvent): Transaction | null {
  try {
    return transactionStream.evolve(state, event);
  } catch {
    return null;
  }
}
