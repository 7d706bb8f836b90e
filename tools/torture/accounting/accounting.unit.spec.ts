import { type Command, newCommand, verdictOf } from '../load/command';
import { checkCommands, countFaults } from './check-commands';
import { checkMoney } from './check-money';
import { checkTopics } from './check-topics';
import { LogFold } from './folded-log';

const CONTRACT = 'contract';
const EUR = (minor: number) => ({ minor, currency: 'EUR' });

type LogRow = readonly [string, object];

function log(...rows: readonly LogRow[]) {
  const folded = new LogFold();
  for (const [index, [type, data]] of rows.entries())
    folded.add({
      position: index + 1,
      streamId: 'ledger.transaction-p',
      version: index,
      type,
      eventId: String(index),
      data: data as Record<string, unknown>,
    });
  return folded;
}

const REQUESTED = [
  'PaymentRequested',
  { transactionId: 'p', amount: EUR(100), contractId: CONTRACT, orderReference: 'O' },
] as const;
const ACCEPTED = ['PaymentAccepted', { transactionId: 'p' }] as const;
const REFUSED = ['PaymentRefused', { transactionId: 'p' }] as const;
const SENT = ['TransactionSentToBank', { transactionId: 'p', remittanceId: 'r' }] as const;
const CAPTURED = [
  'TransactionCaptured',
  { transactionId: 'p', operationId: 'c', amount: EUR(80) },
] as const;
const built = (debits: number, credits: number) =>
  [
    'RemittanceBuilt',
    {
      remittanceId: 'r',
      debits: { count: 1, amount: EUR(debits) },
      credits: { count: 0, amount: EUR(credits) },
    },
  ] as const;
const refund = (id: string, minor: number) =>
  [
    [
      'RefundRequested',
      { transactionId: id, originalTransactionId: 'p', amount: EUR(minor), orderReference: 'O' },
    ],
    ['RefundAccepted', { transactionId: id }],
    ['TransactionRefunded', { transactionId: 'p', refundId: id, amount: EUR(minor) }],
  ] as const;

function command(given: Partial<Command>): Command {
  const id = given.id ?? 'p';
  const base = newCommand({
    id,
    kind: 'payment',
    context: 'authorization',
    path: '',
    body: { contractId: CONTRACT, orderReference: 'O' },
    transactionId: 'p',
    amountMinor: 100,
  });
  return { ...base, state: 'acknowledged', answer: { status: 'ACCEPTED' }, ...given };
}

const CAPTURE = command({ id: 'c', kind: 'capture', amountMinor: 80, answer: {} });

describe('The accounts of what clients were told', () => {
  const good = log(REQUESTED, ACCEPTED, CAPTURED);

  it('find nothing where all is well', () => {
    expect(countFaults(checkCommands([command({}), CAPTURE], good))).toBe(0);
  });

  it.each([
    ['an acknowledged command that is not there', 'lost', [command({})], log()],
    [
      'a command recorded twice',
      'doubled',
      [command({}), CAPTURE],
      log(REQUESTED, ACCEPTED, CAPTURED, CAPTURED),
    ],
    ['another amount', 'altered', [command({ amountMinor: 101 }), CAPTURE], good],
    ['another outcome than the one told', 'altered', [command({})], log(REQUESTED, REFUSED)],
    [
      'a refused command that was carried out',
      'contradicted',
      [command({}), { ...CAPTURE, state: 'refused' as const, status: 409 }],
      good,
    ],
    ['what nobody asked for', 'unasked', [command({})], good],
    ['a command without an answer', 'unsettled', [command({ state: 'open' })], log(REQUESTED)],
    [
      'an unknown settled after more than a minute',
      'unsettled',
      [command({ unknownSince: 0, settledAt: 60_001 }), CAPTURE],
      good,
    ],
  ] as const)('find %s (negative control)', (_title, kind, commands, folded) => {
    const faults = checkCommands(commands, folded);
    expect(faults[kind]).toHaveLength(1);
    expect(countFaults(faults)).toBe(1);
  });
});

describe('The accounts of the money', () => {
  it('find nothing where all is well', () => {
    const folded = log(REQUESTED, ACCEPTED, CAPTURED, SENT, built(80, 0), ...refund('f', 80));
    expect(checkMoney(folded, false)).toEqual([]);
  });

  it.each([
    ['M1 two captures', [REQUESTED, ACCEPTED, CAPTURED, CAPTURED, SENT], /M1 p was captured 2/],
    [
      'M1 a capture beyond the authorisation',
      [REQUESTED, ACCEPTED, ['TransactionCaptured', { ...CAPTURED[1], amount: EUR(101) }], SENT],
      /M1 p stands at 101 of 100/,
    ],
    [
      'M2 refunds beyond what was taken',
      [REQUESTED, ACCEPTED, SENT, ...refund('f', 60), ...refund('g', 41)],
      /M2 p was refunded beyond/,
    ],
    ['M2 a refund before the sending', [REQUESTED, ACCEPTED, ...refund('f', 1)], /M2 p .* before/],
    ['M5 work on a refused payment', [REQUESTED, REFUSED, SENT], /M5 p/],
    ['M6 two remittances', [REQUESTED, ACCEPTED, SENT, SENT], /M6 p is in several/],
    [
      'M6 totals that are not the sum of the lines',
      [REQUESTED, ACCEPTED, SENT, built(99, 0)],
      /M6 remittance r tells 99 \/ 0, its lines add to 100 \/ 0/,
    ],
  ] as [string, LogRow[], RegExp][])('find %s (negative control)', (_title, rows, expected) => {
    expect(checkMoney(log(...rows), false)).toEqual([expect.stringMatching(expected)]);
  });

  it('find what was due and was left behind, once all is settled (negative control)', () => {
    expect(checkMoney(log(REQUESTED, ACCEPTED), true)).toEqual([
      'M6 p was due and is in no remittance',
    ]);
    expect(checkMoney(log(REQUESTED), true)).toEqual(['M12 p has no outcome']);
  });
});

describe('The accounts of the topics', () => {
  const expected = new Map([
    ['1', 'a'],
    ['2', 'a'],
    ['3', 'b'],
  ]);
  const record = (id: string, key: string) => ({ id, key, position: Number(id) });

  it('find nothing where each message came at least once, in the order of its stream', () => {
    const records = [record('1', 'a'), record('3', 'b'), record('2', 'a'), record('1', 'a')];
    expect(checkTopics(expected, records)).toEqual([]);
  });

  it.each([
    ['a message that was never published', [record('1', 'a'), record('2', 'a')], /3 was never/],
    [
      'messages of a stream in another order',
      [record('2', 'a'), record('1', 'a'), record('3', 'b')],
      /1 of a came after a later one/,
    ],
    [
      'a message of nothing in the log',
      [record('1', 'a'), record('2', 'a'), record('3', 'b'), record('4', 'b')],
      /hold 4, which the log does not lead to/,
    ],
  ])('find %s (negative control)', (_title, records, fault) => {
    expect(checkTopics(expected, records)).toEqual([expect.stringMatching(fault)]);
  });
});

describe('What an answer tells of a command', () => {
  it.each([
    [201, {}, 'acknowledged'],
    [409, { type: '/problems/already-captured' }, 'refused'],
    [409, { type: '/problems/payment-in-progress' }, 'unknown'],
    [422, {}, 'refused'],
    [503, {}, 'unknown'],
    [500, {}, 'unknown'],
    [429, {}, 'unknown'],
  ] as const)('%p %j: %s', (status, body, verdict) => {
    expect(verdictOf(status, body)).toBe(verdict);
  });
});
