import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { canonicalJson } from '@encaisse/kernel';
import type {
  AppendResult,
  EventStore,
  ExpectedRevision,
  NewEvent,
  RecordedEvent,
} from '@encaisse/platform/event-store';
import { uuidv7 } from 'uuidv7';

/** A store on an empty log, and how to be rid of it. */
export type EventStoreFixture = {
  readonly store: EventStore;
  dispose(): Promise<void>;
};

export function newEvent(data: object = { amount: 1 }, eventId: string = uuidv7()): NewEvent {
  return {
    eventId,
    type: 'SomethingHappened',
    schemaVersion: 1,
    data,
    metadata: {
      actor: { kind: 'machine', login: 'contract-suite' },
      correlationId: '0191d5a0-0000-7000-8000-000000000001',
      causationId: null,
    },
  };
}

function newStream(): string {
  return `testing.thing-${uuidv7()}`;
}

/** Gathers what a subscription delivers and waits for a number of events. */
export function collector(): {
  readonly events: RecordedEvent[];
  onBatch(this: void, events: readonly RecordedEvent[]): Promise<void>;
  received(this: void, count: number): Promise<void>;
} {
  const events: RecordedEvent[] = [];
  return {
    events,
    onBatch: (batch) => {
      events.push(...batch);
      return Promise.resolve();
    },
    received: async (count) => {
      const deadline = Date.now() + 20_000;
      while (events.length < count) {
        if (Date.now() > deadline) throw new Error(`${events.length} of ${count} events came`);
        await wait(5);
      }
    },
  };
}

type Row = {
  readonly title: string;
  readonly expected: ExpectedRevision;
  /** How many events the stream holds beforehand. */
  readonly stored: number;
  /** Names of the events sent: `s0`, `s1` … stand for those stored, others are new. */
  readonly sent: readonly string[];
  readonly answer: 'appended' | 'replay' | 'wrong-revision' | 'event-id-reused';
  /** A stored event is sent with another body. */
  readonly isAltered?: boolean;
  /** The events go to a stream other than the one that holds them. */
  readonly isElsewhere?: boolean;
};

const ROWS: readonly Row[] = [
  { title: 'n at n, new', expected: 1, stored: 2, sent: ['a'], answer: 'appended' },
  { title: 'n at n, two new', expected: 1, stored: 2, sent: ['a', 'b'], answer: 'appended' },
  {
    title: 'n before the end, all stored',
    expected: 0,
    stored: 3,
    sent: ['s1', 's2'],
    answer: 'replay',
  },
  {
    title: 'n before the end, stored and not the last',
    expected: 0,
    stored: 3,
    sent: ['s1'],
    answer: 'replay',
  },
  {
    title: 'n before the end, first differs',
    expected: 0,
    stored: 2,
    sent: ['a'],
    answer: 'wrong-revision',
  },
  {
    title: 'n before the end, a later one differs',
    expected: 0,
    stored: 3,
    sent: ['s1', 'a'],
    answer: 'wrong-revision',
  },
  {
    title: 'n before the end, in another order',
    expected: 0,
    stored: 3,
    sent: ['s2', 's1'],
    answer: 'wrong-revision',
  },
  { title: 'n beyond the end', expected: 5, stored: 2, sent: ['a'], answer: 'wrong-revision' },
  { title: 'n, no stream', expected: 0, stored: 0, sent: ['a'], answer: 'wrong-revision' },
  { title: 'any, new, no stream', expected: 'any', stored: 0, sent: ['a'], answer: 'appended' },
  { title: 'any, new', expected: 'any', stored: 2, sent: ['a'], answer: 'appended' },
  {
    title: 'any, all stored long ago',
    expected: 'any',
    stored: 4,
    sent: ['s0', 's1'],
    answer: 'replay',
  },
  {
    title: 'any, some stored and some not',
    expected: 'any',
    stored: 2,
    sent: ['s1', 'a'],
    answer: 'wrong-revision',
  },
  {
    title: 'any, new then stored',
    expected: 'any',
    stored: 2,
    sent: ['a', 's1'],
    answer: 'wrong-revision',
  },
  {
    title: 'stream-exists, new',
    expected: 'stream-exists',
    stored: 1,
    sent: ['a'],
    answer: 'appended',
  },
  {
    title: 'stream-exists, all stored',
    expected: 'stream-exists',
    stored: 2,
    sent: ['s0', 's1'],
    answer: 'replay',
  },
  {
    title: 'stream-exists, no stream',
    expected: 'stream-exists',
    stored: 0,
    sent: ['a'],
    answer: 'wrong-revision',
  },
  {
    title: 'no-stream, new',
    expected: 'no-stream',
    stored: 0,
    sent: ['a', 'b'],
    answer: 'appended',
  },
  {
    title: 'no-stream, all stored',
    expected: 'no-stream',
    stored: 3,
    sent: ['s0', 's1'],
    answer: 'replay',
  },
  {
    title: 'no-stream, another is there',
    expected: 'no-stream',
    stored: 1,
    sent: ['a'],
    answer: 'wrong-revision',
  },
  {
    title: 'n at n, stored elsewhere',
    expected: 'no-stream',
    stored: 1,
    sent: ['s0'],
    answer: 'event-id-reused',
    isElsewhere: true,
  },
  {
    title: 'any, stored with another body',
    expected: 'any',
    stored: 1,
    sent: ['s0'],
    answer: 'event-id-reused',
    isAltered: true,
  },
  {
    title: 'n, one of two with another body',
    expected: 0,
    stored: 3,
    sent: ['s1', 's2'],
    answer: 'event-id-reused',
    isAltered: true,
  },
];

async function play(store: EventStore, row: Row): Promise<void> {
  const streamId = newStream();
  const history = Array.from({ length: row.stored }, (_, index) => newEvent({ index }));
  const first: AppendResult[] = [];
  for (const event of history) {
    first.push(await store.append([{ streamId, expected: 'any', events: [event] }]));
  }
  const before = await store.lastPosition();
  const sent = row.sent.map((name) => {
    const known = name.startsWith('s') ? history[Number(name.slice(1))] : undefined;
    if (known === undefined) return newEvent({ name });
    return row.isAltered === true ? { ...known, data: { index: 'altered' } } : known;
  });
  const target = row.isElsewhere === true ? newStream() : streamId;
  const result = await store.append([{ streamId: target, expected: row.expected, events: sent }]);
  const lastVersion = row.stored - 1;
  switch (row.answer) {
    case 'appended':
      expect(result).toEqual({
        kind: 'appended',
        position: before + sent.length,
        versions: { [streamId]: lastVersion + sent.length },
        isReplay: false,
      });
      break;
    case 'replay': {
      const original = first[history.indexOf(sent.at(-1)!)];
      expect(result).toEqual({ ...original, isReplay: true });
      break;
    }
    case 'wrong-revision':
      expect(result).toEqual({
        kind: 'wrong-revision',
        streamId,
        expected: row.expected,
        actual: row.stored === 0 ? null : lastVersion,
      });
      break;
    case 'event-id-reused':
      expect(result).toEqual({
        kind: 'event-id-reused',
        eventId: sent.find((event) => history.some((one) => one.eventId === event.eventId))
          ?.eventId,
      });
  }
  const added = row.answer === 'appended' ? sent.length : 0;
  expect(await store.lastPosition()).toBe(before + added);
  expect(await store.readStream(target)).toHaveLength(
    row.isElsewhere === true ? 0 : row.stored + added,
  );
}

/** What every adapter of the port promises. A table of KurrentDB's append decisions, made stronger. */
export function describeEventStoreContract(
  name: string,
  factory: () => Promise<EventStoreFixture>,
): void {
  describe(`Event store contract: ${name}`, () => {
    let store: EventStore;
    let fixture: EventStoreFixture;

    beforeAll(async () => {
      fixture = await factory();
      ({ store } = fixture);
    });
    afterAll(() => fixture.dispose());

    describeAppends(() => store);
    describeReads(() => store);
    describeSubscriptions(() => store);

    it('refuses work after close, and closing again is harmless', async () => {
      const own = await factory();
      const subscription = own.store.subscribeToAll({ after: 0, onBatch: () => Promise.resolve() });
      await own.store.append([{ streamId: newStream(), expected: 'any', events: [newEvent()] }]);
      await own.store.close();
      await subscription.done;
      const write = { streamId: newStream(), expected: 'any' as const, events: [newEvent()] };
      await expect(own.store.append([write])).rejects.toThrow('closed');
      await expect(own.store.readAll({ after: 0, limit: 1 })).rejects.toThrow('closed');
      await own.store.close();
      await own.dispose();
    });
  });
}

function describeAppends(store: () => EventStore): void {
  describe('append', () => {
    it.each(ROWS)('L3 $title: $answer', async (row) => {
      await play(store(), row);
    });

    it('L3 answers a retry with the first result after the stream moved on', async () => {
      const streamId = newStream();
      const write = { streamId, expected: 'no-stream' as const, events: [newEvent(), newEvent()] };
      const first = await store().append([write]);
      await store().append([{ streamId, expected: 1, events: [newEvent()] }]);
      expect(await store().append([write])).toEqual({ ...first, isReplay: true });
    });

    it('writes to several streams, all or nothing', async () => {
      const [left, right] = [newStream(), newStream()];
      const events = [newEvent({ side: 'left' }), newEvent({ side: 'right' })] as const;
      const writes = [
        { streamId: left, expected: 'no-stream' as const, events: [events[0]] },
        { streamId: right, expected: 'no-stream' as const, events: [events[1]] },
      ];
      const first = await store().append(writes);
      expect(first).toMatchObject({ kind: 'appended', versions: { [left]: 0, [right]: 0 } });
      expect(await store().append(writes)).toEqual({ ...first, isReplay: true });

      const before = await store().lastPosition();
      const refused = await store().append([
        { streamId: left, expected: 0, events: [newEvent()] },
        { streamId: right, expected: 7, events: [newEvent()] },
      ]);
      expect(refused).toEqual({ kind: 'wrong-revision', streamId: right, expected: 7, actual: 0 });
      expect(await store().lastPosition()).toBe(before);
    });

    it('lets exactly one of concurrent writers win a revision', async () => {
      const streamId = newStream();
      const results = await Promise.all(
        Array.from({ length: 20 }, () =>
          store().append([{ streamId, expected: 'no-stream', events: [newEvent()] }]),
        ),
      );
      expect(results.filter((result) => result.kind === 'appended')).toHaveLength(1);
      expect(results.filter((result) => result.kind === 'wrong-revision')).toHaveLength(19);
    });

    it('answers the same append sent twice at once with one write and one replay', async () => {
      const write = { streamId: newStream(), expected: 'any' as const, events: [newEvent()] };
      const results = await Promise.all([store().append([write]), store().append([write])]);
      expect(results.map((result) => result.kind === 'appended' && result.isReplay).sort()).toEqual(
        [false, true],
      );
    });

    it('L2 numbers streams from 0 and the log from 1 without holes, under concurrent writers', async () => {
      const streams = Array.from({ length: 5 }, newStream);
      const before = await store().lastPosition();
      await Promise.all(
        Array.from({ length: 200 }, async (_, index) => {
          const streamId = streams[index % streams.length]!;
          // Conflicts in between must not burn positions.
          await store().append([{ streamId, expected: 100_000, events: [newEvent()] }]);
          await store().append([{ streamId, expected: 'any', events: [newEvent({ index })] }]);
        }),
      );
      const log = await store().readAll({ after: before, limit: 1_000 });
      expect(log.map((event) => event.position)).toEqual(
        Array.from({ length: 200 }, (_, index) => before + 1 + index),
      );
      for (const streamId of streams) {
        const versions = (await store().readStream(streamId)).map((event) => event.version);
        expect(versions).toEqual(Array.from({ length: 40 }, (_, index) => index));
      }
    });

    it('L5 keeps what was appended whatever the caller does to it afterwards', async () => {
      const streamId = newStream();
      const data = { amount: { minor: 100, currency: 'EUR' } };
      const appending = store().append([{ streamId, expected: 'any', events: [newEvent(data)] }]);
      data.amount.minor = 1;
      await appending;
      const [event] = await store().readStream(streamId);
      expect(event?.data).toEqual({ amount: { minor: 100, currency: 'EUR' } });
    });

    it('throws on what only a bug can send', async () => {
      const streamId = newStream();
      const event = newEvent();
      await expect(store().append([])).rejects.toThrow('without streams');
      await expect(store().append([{ streamId, expected: 'any', events: [] }])).rejects.toThrow(
        'without events',
      );
      await expect(
        store().append([{ streamId, expected: 'any', events: [event, event] }]),
      ).rejects.toThrow('twice');
      await expect(
        store().append([{ streamId, expected: 'any', events: [newEvent({}, 'ABC')] }]),
      ).rejects.toThrow('UUID');
    });
  });
}

function describeReads(store: () => EventStore): void {
  describe('read', () => {
    const streamId = newStream();
    const sent = Array.from({ length: 10 }, (_, index) =>
      newEvent({ index, text: 'Crème brûlée 𝄞 "quoted" \\ \u0001', amount: 1e-7 }),
    );

    beforeAll(async () => {
      await store().append([{ streamId, expected: 'no-stream', events: sent }]);
    });

    it('gives back exactly what was appended, with its places', async () => {
      const events = await store().readStream(streamId);
      expect(events).toEqual(
        sent.map((event, index) => ({
          ...event,
          streamId,
          version: index,
          position: events[0]!.position + index,
          recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown,
        })),
      );
    });

    it.each([
      ['forwards', undefined, undefined, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
      ['forwards', 7, undefined, [7, 8, 9]],
      ['forwards', 2, 3, [2, 3, 4]],
      ['forwards', 10, undefined, []],
      ['backwards', undefined, 3, [9, 8, 7]],
      ['backwards', 2, undefined, [2, 1, 0]],
      ['backwards', 50, 1, [9]],
    ] as const)('reads %s from %p at most %p', async (direction, from, limit, versions) => {
      const options = {
        direction,
        ...(from === undefined ? {} : { from }),
        ...(limit === undefined ? {} : { limit }),
      };
      const events = await store().readStream(streamId, options);
      expect(events.map((event) => event.version)).toEqual(versions);
    });

    it('gives nothing for a stream that does not exist', async () => {
      expect(await store().readStream(newStream())).toEqual([]);
      expect(await store().readStream(newStream(), { direction: 'backwards' })).toEqual([]);
    });

    it('L4 reads the whole log in order of position, from any position', async () => {
      const last = await store().lastPosition();
      const all = await store().readAll({ after: 0, limit: last + 10 });
      expect(all.map((event) => event.position)).toEqual(all.map((_, index) => index + 1));
      const middle = Math.floor(last / 2);
      expect(await store().readAll({ after: middle, limit: 3 })).toEqual(
        all.slice(middle, middle + 3),
      );
      expect(await store().readAll({ after: last, limit: 3 })).toEqual([]);
    });

    it('L7 records times that never decrease along the log', async () => {
      const all = await store().readAll({ after: 0, limit: 100_000 });
      const times = all.map((event) => event.recordedAt);
      expect(times).toEqual([...times].sort());
    });

    it('L6 gives every event one canonical text, and so one leaf hash', async () => {
      const [event] = await store().readStream(streamId, { limit: 1 });
      const { version: _version, position: _position, ...hashed } = event!;
      const text = canonicalJson(hashed);
      expect(text).toContain('"recordedAt"');
      expect(createHash('sha256').update('\0').update(text).digest('hex')).toMatch(
        /^[0-9a-f]{64}$/,
      );
    });
  });
}

function describeSubscriptions(store: () => EventStore): void {
  describe('subscribe to all', () => {
    const append = (count: number): Promise<unknown> =>
      Promise.all(
        Array.from({ length: count }, (_, index) =>
          store().append([
            { streamId: newStream(), expected: 'any', events: [newEvent({ index })] },
          ]),
        ),
      );

    it('delivers history, then what comes, once each and in order', async () => {
      await append(30);
      const { events, onBatch, received } = collector();
      const subscription = store().subscribeToAll({ after: 0, batchSize: 7, onBatch });
      const history = await store().lastPosition();
      await received(history);
      await append(25);
      await received(history + 25);
      await subscription.close();
      expect(events).toEqual(await store().readAll({ after: 0, limit: history + 25 }));
    });

    it('goes on after a checkpoint', async () => {
      await append(3);
      const checkpoint = await store().lastPosition();
      await append(4);
      const { events, onBatch, received } = collector();
      const subscription = store().subscribeToAll({ after: checkpoint - 1, onBatch });
      await received(5);
      await subscription.close();
      expect(events[0]?.position).toBe(checkpoint);
    });

    it('L4 shows every subscriber the same dense order while writers compete', async () => {
      const start = await store().lastPosition();
      const collectors = Array.from({ length: 3 }, collector);
      const subscriptions = collectors.map(({ onBatch }, index) =>
        store().subscribeToAll({ after: start, batchSize: 3 + 20 * index, onBatch }),
      );
      await append(300);
      for (const { received } of collectors) await received(300);
      await Promise.all(subscriptions.map((subscription) => subscription.close()));
      const expected = Array.from({ length: 300 }, (_, index) => start + 1 + index);
      for (const { events } of collectors) {
        expect(events.map((event) => event.position)).toEqual(expected);
      }
    });

    it('wakes at once on an append of the same process', async () => {
      const { onBatch, received } = collector();
      const after = await store().lastPosition();
      const subscription = store().subscribeToAll({ after, onBatch });
      await wait(50);
      const started = Date.now();
      await append(1);
      await received(1);
      expect(Date.now() - started).toBeLessThan(500);
      await subscription.close();
    });

    it('never runs its handler twice at the same time', async () => {
      let running = 0;
      let most = 0;
      let seen = 0;
      const after = await store().lastPosition();
      const subscription = store().subscribeToAll({
        after,
        batchSize: 1,
        onBatch: async (events) => {
          running += 1;
          most = Math.max(most, running);
          await wait(2);
          running -= 1;
          seen += events.length;
        },
      });
      await append(20);
      while (seen < 20) await wait(5);
      await subscription.close();
      expect(most).toBe(1);
    });

    it('stops with the error of its handler and delivers nothing more', async () => {
      const after = await store().lastPosition();
      let calls = 0;
      const subscription = store().subscribeToAll({
        after,
        batchSize: 1,
        onBatch: () => {
          calls += 1;
          return Promise.reject(new Error('the handler broke'));
        },
      });
      const done = expect(subscription.done).rejects.toThrow('the handler broke');
      await append(3);
      await done;
      await wait(20);
      expect(calls).toBe(1);
      await subscription.close();
    });

    it('closes after the batch in hand, once its handler returned', async () => {
      const after = await store().lastPosition();
      await append(5);
      let finished = 0;
      let started = 0;
      const subscription = store().subscribeToAll({
        after,
        batchSize: 1,
        onBatch: async () => {
          started += 1;
          await wait(30);
          finished += 1;
        },
      });
      while (started === 0) await wait(1);
      await subscription.close();
      expect(finished).toBe(1);
      expect(started).toBe(1);
      await subscription.done;
    });
  });
}
