import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fold } from '@encaisse/kernel';
import { EXAMPLES } from '../testing/transaction-examples';
import { transactionStream, tripleOf } from './transaction';
import type { TransactionEvent } from './transaction-events';
import { allowedTriple } from './triples';

type Type = TransactionEvent['type'];
type Stored = { readonly type: Type; readonly schemaVersion: number; readonly data: object };

const FOLDER = join(__dirname, 'history');
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const TYPES = Object.keys(transactionStream.schemaVersions) as Type[];

function stored(type: Type, version: number): Stored {
  return JSON.parse(readFileSync(join(FOLDER, `${type}.v${version}.json`), 'utf8')) as Stored;
}

/** What the store does on reading: lifts an old shape, step by step, to the one of today. */
function decode({ type, schemaVersion, data }: Stored): TransactionEvent {
  let current = data;
  for (let version = schemaVersion; version < transactionStream.schemaVersions[type]; version++) {
    const upcast = transactionStream.upcasters?.[type]?.[version];
    if (upcast === undefined) throw new Error(`no upcaster of ${type} from version ${version}`);
    current = upcast(current);
  }
  return { type, data: current } as TransactionEvent;
}

const BEGINNING: readonly Type[] = ['PaymentRequested', 'PaymentAuthorized', 'PaymentAccepted'];
const SENT: readonly Type[] = [...BEGINNING, 'TransactionCaptured', 'TransactionSentToBank'];

/** Whole lives told with the stored examples; together they use every type. */
const LIVES: readonly (readonly [string, readonly Type[]])[] = [
  ['rejected and put back', [...SENT, 'TransactionSetAside', 'TransactionPutBack']],
  [
    'lowered and sent by hand',
    [
      ...BEGINNING,
      'TransactionCaptured',
      'TransactionModified',
      'SendingRequested',
      'TransactionSentToBank',
    ],
  ],
  [
    'cancelled',
    [...BEGINNING, 'TransactionCaptured', 'TransactionCancelled', 'TransactionSentToBank'],
  ],
  ['refunded', [...SENT, 'TransactionRefundStarted', 'TransactionRefunded']],
  ['not refunded in the end', [...SENT, 'TransactionRefundStarted', 'TransactionRefundFailed']],
  ['confirmed by a partner', ['PaymentRequested', 'PaymentPending', 'PaymentConfirmed']],
  ['abandoned', ['PaymentRequested', 'PaymentAbandoned']],
  [
    'unknown, then reversed',
    [
      'PaymentRequested',
      'AuthorizationOutcomeUnknown',
      'LateAuthorizationAnswerReceived',
      'AuthorizationReversed',
      'PaymentRefused',
    ],
  ],
  ['a refund', ['RefundRequested', 'RefundAccepted']],
  ['a refund confirmed', ['RefundRequested', 'RefundPending', 'RefundConfirmed']],
  ['a refund refused', ['RefundRequested', 'RefundPending', 'RefundRefused']],
  ['a refused cancellation', ['CancellationRefused']],
];

describe('Every version of every event ever written', () => {
  it.each(TYPES)('keeps one example of each version of %s', (type) => {
    const versions = FILES.filter((name) => name.startsWith(`${type}.v`)).sort();
    const expected = Array.from(
      { length: transactionStream.schemaVersions[type] },
      (_, index) => `${type}.v${index + 1}.json`,
    );
    expect(versions).toEqual(expected);
  });

  it('keeps no example of a type that does not exist', () => {
    const types = new Set(FILES.map((name) => name.split('.')[0]));
    expect([...types].sort()).toEqual([...TYPES].sort());
  });

  it.each(FILES)('reads %s as the shape written today', (name) => {
    const [type, version] = name.split('.') as [Type, string];
    const example = stored(type, Number(version.slice(1)));
    expect(example).toMatchObject({ type, schemaVersion: Number(version.slice(1)) });
    expect(decode(example)).toEqual({ type, data: EXAMPLES[type] });
  });

  it.each(LIVES)('folds a life: %s', (_name, types) => {
    const versions = types.map((type) => stored(type, 1));
    const triple = tripleOf(fold(transactionStream, versions.map(decode)));
    expect(triple && allowedTriple(triple)).not.toBeNull();
  });

  it('tells lives that use every type', () => {
    expect(new Set(LIVES.flatMap(([, types]) => types))).toEqual(new Set(TYPES));
  });
});
