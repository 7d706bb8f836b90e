import { toEdn, toJson } from '../export';
import type { Anomaly, Operation, Outcome, Step, Value } from '../history';
import type { LoggedEvent } from '../../torture/accounting/log-reader';
import { checkAppends } from './append-checker';
import { checkBank } from './bank-checker';
import { checkStreams } from './stream-checker';

let index = 0;

function operation(
  value: Value,
  [invokedAt, completedAt]: readonly [number, number],
  outcome: Outcome = 'ok',
  position = 0,
): Operation {
  const invoked = value;
  const process = index;
  return {
    index: index++,
    process,
    invokedAt,
    invoked,
    outcome,
    completedAt,
    completed: value,
    position,
  };
}

const read = (key: number, ...values: number[]): Step => ({ kind: 'read', key, values });
const append = (key: number, value: number): Step => ({ kind: 'append', key, value });
const transaction = (time: readonly [number, number], steps: readonly Step[], outcome?: Outcome) =>
  operation({ profile: 'append', steps }, time, outcome);
const kindsOf = (anomalies: readonly Anomaly[]) => anomalies.map(({ kind }) => kind);

beforeEach(() => {
  index = 0;
});

describe('Histories of list appends', () => {
  it('are clean when every read and write fits one order that agrees with time', () => {
    const history = [
      transaction([0, 1], [append(1, 10)]),
      transaction([2, 3], [read(1, 10), append(1, 11)]),
      transaction([2, 5], [read(1, 10, 11)]),
      transaction([4, Infinity], [append(1, 12)], 'info'),
      transaction([4, 5], [read(1, 10), append(1, 13)], 'fail'),
      transaction([6, 7], [read(1, 10, 11, 12)]),
    ];
    expect(checkAppends(history)).toEqual([]);
  });

  it.each([
    [
      'lost-append',
      [transaction([0, 1], [append(1, 10)]), transaction([2, 3], [read(1)])],
      ['lost-append'],
    ],
    [
      'aborted-read',
      [transaction([0, 1], [append(1, 10)], 'fail'), transaction([2, 3], [read(1, 10)])],
      ['aborted-read'],
    ],
    ['phantom', [transaction([0, 1], [read(1, 99)])], ['phantom']],
    [
      'duplicate-element',
      [transaction([0, 1], [append(1, 10)]), transaction([2, 3], [read(1, 10, 10)])],
      ['duplicate-element'],
    ],
    [
      'incompatible-order',
      [
        transaction([0, 9], [append(1, 10)]),
        transaction([0, 9], [append(1, 11)]),
        transaction([0, 9], [read(1, 10, 11)]),
        transaction([0, 9], [read(1, 11)]),
      ],
      ['incompatible-order'],
    ],
    [
      'lost-update',
      [
        transaction([0, 9], [read(1), append(1, 10)]),
        transaction([0, 9], [read(1), append(1, 11)]),
        transaction([10, 11], [read(1, 10, 11)]),
      ],
      ['lost-update'],
    ],
    [
      'a cycle of writes (G0)',
      [
        transaction([0, 9], [append(1, 10), append(2, 20)]),
        transaction([0, 9], [append(1, 11), append(2, 21)]),
        transaction([10, 11], [read(1, 10, 11), read(2, 21, 20)]),
      ],
      ['G0 (writes in a cycle)'],
    ],
    [
      'circular information flow (G1c)',
      [
        transaction([0, 9], [append(1, 10), read(2, 20)]),
        transaction([0, 9], [append(2, 20), read(1, 10)]),
      ],
      ['G1c (circular information flow)'],
    ],
    [
      'write skew (G2)',
      [
        transaction([0, 9], [read(1), append(2, 20)]),
        transaction([0, 9], [read(2), append(1, 10)]),
        transaction([10, 11], [read(1, 10), read(2, 20)]),
      ],
      ['G2 (anti-dependency cycle)'],
    ],
    [
      'a stale read, which only time tells',
      [
        transaction([0, 1], [append(1, 10)]),
        transaction([2, 3], [read(1)]),
        transaction([4, 5], [read(1, 10)]),
      ],
      ['strict (a cycle with real time)'],
    ],
  ])('%s is found (negative control)', (_name, history, kinds) => {
    const found = new Set(kindsOf(checkAppends(history)));
    for (const kind of kinds) expect(found).toContain(kind);
  });

  it('find a position that goes against time (negative control)', () => {
    const value: Value = { profile: 'append', steps: [append(1, 10)] };
    const other: Value = { profile: 'append', steps: [append(1, 11)] };
    const last: Value = { profile: 'append', steps: [read(1, 10, 11)] };
    const history = [
      operation(value, [0, 1], 'ok', 7),
      operation(other, [2, 3], 'ok', 6),
      operation(last, [4, 5]),
    ];
    expect(kindsOf(checkAppends(history))).toEqual(['time-against-position']);
  });
});

describe('Histories of a bank', () => {
  const balances = (...values: number[]): Value => ({ profile: 'balances', balances: values });

  it('are clean while the money only moves', () => {
    expect(checkBank([operation(balances(30, 70), [0, 1])], 100)).toEqual([]);
  });

  it('show money that came, and accounts below nothing (negative control)', () => {
    const history = [operation(balances(30, 71), [0, 1]), operation(balances(-1, 101), [2, 3])];
    expect(kindsOf(checkBank(history, 100))).toEqual(['wrong-total', 'overdrawn']);
  });
});

describe('Histories of contested transactions', () => {
  const log: LoggedEvent[] = [
    ['PaymentRequested', { transactionId: 't', amount: { minor: 500 } }],
    ['PaymentAccepted', { transactionId: 't' }],
    ['TransactionCaptured', { transactionId: 't', operationId: 'c', amount: { minor: 400 } }],
  ].map(([type, data], version) => ({
    position: version + 1,
    streamId: 't',
    version,
    type: type as string,
    eventId: String(version),
    data: data as Record<string, unknown>,
  }));
  const capture = (id: string): Value => ({
    profile: 'command',
    key: 't',
    id,
    name: 'capture',
    code: null,
  });
  const state = (shown: string, askedFor: number): Value => ({
    profile: 'state',
    key: 't',
    askedFor,
    state: shown,
  });

  it('are clean when answers, reads and log agree', () => {
    const history = [
      operation(capture('c'), [0, 1], 'ok', 3),
      operation(capture('d'), [0, 1], 'fail'),
      operation(capture('e'), [0, Infinity], 'info'),
      operation(state('DEBIT ACCEPTED TO_SEND 400', 3), [2, 3]),
      operation(state('DEBIT ACCEPTED AWAITING_CAPTURE 500', 2), [2, 3]),
    ];
    expect(checkStreams(history, log)).toEqual([]);
  });

  it.each([
    ['lost', operation(capture('x'), [0, 1], 'ok', 9)],
    ['refused-and-done', operation(capture('c'), [0, 1], 'fail')],
    ['position-too-low', operation(capture('c'), [0, 1], 'ok', 2)],
    ['stale-read', operation(state('DEBIT ACCEPTED AWAITING_CAPTURE 500', 3), [2, 3])],
    ['impossible-read', operation(state('DEBIT ACCEPTED SENT 400', 3), [2, 3])],
  ])('%s is found (negative control)', (kind, wrong) => {
    expect(kindsOf(checkStreams([wrong], log))).toEqual([kind]);
  });

  it('find a command that was done twice (negative control)', () => {
    const again = { ...log[2]!, position: 4, version: 3 };
    const history = [operation(capture('c'), [0, 1], 'ok', 3)];
    expect(kindsOf(checkStreams(history, [...log, again]))).toEqual(['doubled']);
  });
});

describe('A history', () => {
  const history = () => [
    transaction([0, 2], [read(1, 5), append(1, 10)]),
    operation({ profile: 'transfer', from: 0, to: 1, amount: 5 }, [1, Infinity], 'info'),
  ];

  it('is exported as EDN in the order of time, as Elle reads it', () => {
    expect(toEdn(history()).split('\n')).toEqual([
      '{:index 0, :type :invoke, :process 0, :time 0, :f :txn, :value [[:r 1 [5]] [:append 1 10]]}',
      '{:index 1, :type :invoke, :process 1, :time 1000000, :f :transfer, :value {:from 0, :to 1, :amount 5}}',
      '{:index 2, :type :ok, :process 0, :time 2000000, :f :txn, :value [[:r 1 [5]] [:append 1 10]]}',
      '{:index 3, :type :info, :process 1, :time 2000000, :f :transfer, :value {:from 0, :to 1, :amount 5}}',
    ]);
  });

  it('is exported as JSON lines with the same order', () => {
    const lines = toJson(history())
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; process: number });
    expect(lines.map(({ type, process }) => `${type} ${process}`)).toEqual([
      'invoke 0',
      'invoke 1',
      'ok 0',
      'info 1',
    ]);
  });
});
