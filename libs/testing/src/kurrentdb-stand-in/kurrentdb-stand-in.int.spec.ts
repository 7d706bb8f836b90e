import { randomUUID } from 'node:crypto';
import {
  type AppendExpectedRevision,
  EventStoreDBClient,
  StreamDeletedError,
  WrongExpectedVersionError,
  jsonEvent,
} from '@eventstore/db-client';
import { startKurrentDbStandIn, type KurrentDbStandIn } from '.';

/** How many ids the stand-in remembers for `any`. */
const REMEMBERED = 3;

type Row = {
  readonly title: string;
  readonly expected: AppendExpectedRevision;
  /** Events in the stream beforehand, written one by one. */
  readonly stored: number;
  /** `s0` stands for the first event stored, other names for new events. */
  readonly sent: readonly string[];
  readonly before?: 'forgotten' | 'soft-deleted' | 'tombstoned';
  readonly answer: 'appended' | 'idempotent' | 'wrong version' | 'deleted';
};

/** reliability.md §2.1 as far as one node decides it: the server knows ids and never looks at bodies. */
const ROWS: readonly Row[] = [
  { title: 'n, at n, new', expected: 0n, stored: 1, sent: ['a'], answer: 'appended' },
  {
    title: 'n, beyond, all equal',
    expected: 0n,
    stored: 3,
    sent: ['s1', 's2'],
    answer: 'idempotent',
  },
  {
    title: 'n, beyond, first differs',
    expected: 0n,
    stored: 3,
    sent: ['a', 's2'],
    answer: 'wrong version',
  },
  {
    title: 'n, beyond, later differs',
    expected: 0n,
    stored: 3,
    sent: ['s1', 'a'],
    answer: 'wrong version',
  },
  { title: 'n, before n', expected: 4n, stored: 2, sent: ['a'], answer: 'wrong version' },
  { title: 'n, at n, stored earlier', expected: 1n, stored: 2, sent: ['s0'], answer: 'appended' },
  {
    title: 'any, all remembered',
    expected: 'any',
    stored: 3,
    sent: ['s1', 's2'],
    answer: 'idempotent',
  },
  { title: 'any, first new', expected: 'any', stored: 1, sent: ['a', 's0'], answer: 'appended' },
  {
    title: 'any, some new',
    expected: 'any',
    stored: 2,
    sent: ['s1', 'a'],
    answer: 'wrong version',
  },
  {
    title: 'any, all forgotten',
    expected: 'any',
    stored: 2,
    sent: ['s0'],
    before: 'forgotten',
    answer: 'appended',
  },
  {
    title: 'exists, all remembered',
    expected: 'stream_exists',
    stored: 2,
    sent: ['s1'],
    answer: 'idempotent',
  },
  { title: 'exists, new', expected: 'stream_exists', stored: 2, sent: ['a'], answer: 'appended' },
  {
    title: 'exists, no stream',
    expected: 'stream_exists',
    stored: 0,
    sent: ['a'],
    answer: 'wrong version',
  },
  {
    title: 'no stream, soft-deleted',
    expected: 'no_stream',
    stored: 2,
    sent: ['a'],
    before: 'soft-deleted',
    answer: 'appended',
  },
  {
    title: 'any, tombstoned',
    expected: 'any',
    stored: 2,
    sent: ['a'],
    before: 'tombstoned',
    answer: 'deleted',
  },
];

describe.each([true, false])(
  'The stand-in decides as the server does, in batches: %s',
  (hasBatchAppend) => {
    let server: KurrentDbStandIn;
    let client: EventStoreDBClient;

    beforeAll(async () => {
      server = await startKurrentDbStandIn({ rememberedEvents: REMEMBERED, hasBatchAppend });
      client = EventStoreDBClient.connectionString(server.url);
    });
    afterAll(async () => {
      await client.dispose();
      server.stop();
    });

    const event = (id: string = randomUUID(), data = {}) => jsonEvent({ id, type: 'Thing', data });
    const append = (
      stream: string,
      expectedRevision: AppendExpectedRevision,
      ids: string[],
      data = {},
    ) =>
      client.appendToStream(
        stream,
        ids.map((id) => event(id, data)),
        { expectedRevision },
      );

    it.each(ROWS)('$title: $answer', async ({ expected, stored, sent, before, answer }) => {
      const stream = `testing.row-${randomUUID()}`;
      const ids = Array.from({ length: stored }, () => randomUUID() as string);
      for (const id of ids) await append(stream, 'any', [id]);
      if (before === 'forgotten')
        for (let n = 0; n < REMEMBERED; n += 1)
          await append(`testing.other-${n}`, 'any', [randomUUID()]);
      if (before === 'soft-deleted') server.log.softDelete(stream);
      if (before === 'tombstoned') server.log.tombstone(stream);
      const size = server.log.events.length;
      const appending = append(
        stream,
        expected,
        sent.map((name) => (name.startsWith('s') ? ids[Number(name.slice(1))]! : randomUUID())),
        { amount: 'another body' },
      );
      switch (answer) {
        case 'appended':
          expect((await appending).nextExpectedRevision).toBe(BigInt(stored + sent.length - 1));
          break;
        case 'idempotent':
          expect((await appending).nextExpectedRevision).toBe(BigInt(stored - 1));
          break;
        case 'wrong version':
          await expect(appending).rejects.toThrow(WrongExpectedVersionError);
          break;
        case 'deleted':
          await expect(appending).rejects.toThrow(StreamDeletedError);
      }
      expect(server.log.events.length).toBe(size + (answer === 'appended' ? sent.length : 0));
    });
  },
);
