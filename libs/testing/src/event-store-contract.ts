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

/** Positions grow along the log; where they are dense none is missing after the one given. */
function expectOrder(store: EventStore, events: readonly RecordedEvent[], after: number): void {
  const positions = events.map((event) => event.position);
  if (store.capabilities.hasDensePositions) {
    expect(positions).toEqual(positions.map((_, index) => after + 1 + index));
    return;
  }
  for (const [index, position] of positions.entries()) {
    expect(Number.isSafeInteger(position)).toBe(true);
    expect(position).toBeGreaterThan(positions[index - 1] ?? after);
  }
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
    title: 'n at n, stored earlier in the stream',
    expected: 2,
    stored: 3,
    sent: ['s1'],
    answer: 'replay',
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
        position: store.capabilities.hasDensePositions
          ? before + sent.length
          : (await store.readStream(target)).at(-1)?.position,
        versions: { [streamId]: lastVersion + sent.length },
        isReplay: false,
      });
      expect(result).toHaveProperty('position', await store.lastPosition());
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
  expect(await store.readAll({ after: before, limit: 100 })).toHaveLength(added);
  expect(await store.readStream(target)).toHaveLength(
    row.isElsewhere === true ? 0 : row.stored + added,
  );
}

/**
 * What every adapter of the port promises. A table of KurrentDB's append decisions, made stronger. What an
 * adapter declares it cannot do is tested to be refused.
 */
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

    it('writes to several streams, all or nothing, or refuses to and says so', async () => {
      const [left, right] = [newStream(), newStream()];
      const events = [newEvent({ side: 'left' }), newEvent({ side: 'right' })] as const;
      const writes = [
        { streamId: left, expected: 'no-stream' as const, events: [events[0]] },
        { streamId: right, expected: 'no-stream' as const, events: [events[1]] },
      ];
      if (!store().capabilities.isAtomicAcrossStreams) {
        await expect(store().append(writes)).rejects.toThrow('several streams at once');
        expect(await store().readStream(left)).toEqual([]);
        expect(await store().readStream(right)).toEqual([]);
        return;
      }
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

    it('L2 numbers streams from 0 without holes and the log in order, under concurrent writers', async () => {
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
      expect(log).toHaveLength(200);
      expectOrder(store(), log, before);
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
          position: expect.any(Number) as unknown,
          recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown,
        })),
      );
    });

    it('L6 keeps the canonical bytes, and so the leaf hash, however it is read', async () => {
      const target = newStream();
      const data = { b: 1, 10: 'ten', 9: { 2: null, 11: [], '': -0 }, é: '\u20ac', a: 1e21 };
      const after = await store().lastPosition();
      const sent = newEvent(data);
      await store().append([{ streamId: target, expected: 'any', events: [sent] }]);
      const { events, onBatch, received } = collector();
      const subscription = store().subscribeToAll({ after, onBatch });
      await received(1);
      await subscription.close();
      const [inStream] = await store().readStream(target);
      const [inLog] = await store().readAll({ after, limit: 1 });
      const texts = [inStream, inLog, events[0]].map((event) => {
        const { version: _version, position: _position, ...hashed } = event!;
        return canonicalJson(hashed);
      });
      const { recordedAt } = inStream!;
      const expected = canonicalJson({ ...sent, streamId: target, recordedAt });
      expect(texts).toEqual([expected, expected, expected]);
      expect(expected).toContain('"data":{"10":"ten","9":{"":0,"11":[],"2":null},"a":1e+21,"b":1,');
    });

    it('keeps all of the metadata', async () => {
      const target = newStream();
      const event = newEvent();
      const metadata = {
        ...event.metadata,
        actor: { kind: 'person' as const, login: 'camille.durand' },
        causationId: uuidv7(),
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      };
      await store().append([
        { streamId: target, expected: 'any', events: [{ ...event, schemaVersion: 7, metadata }] },
      ]);
      expect(await store().readStream(target)).toMatchObject([{ schemaVersion: 7, metadata }]);
    });

    it('takes an append of many events at once', async () => {
      const target = newStream();
      const many = Array.from({ length: 200 }, (_, index) =>
        newEvent({ index, text: 'x'.repeat(4_000) }),
      );
      const write = { streamId: target, expected: 'no-stream' as const, events: many };
      const first = await store().append([write]);
      expect(first).toMatchObject({ kind: 'appended', versions: { [target]: 199 } });
      expect(await store().append([write])).toEqual({ ...first, isReplay: true });
      const read = await store().readStream(target);
      expect(read.map(({ eventId }) => eventId)).toEqual(many.map(({ eventId }) => eventId));
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

    it('reads many streams at the same time, each with its own events in order', async () => {
      const streams = Array.from({ length: 150 }, (_, index) => ({
        streamId: newStream(),
        events: Array.from({ length: index % 4 }, () => newEvent({ index })),
      }));
      await Promise.all(
        streams
          .filter(({ events }) => events.length > 0)
          .map((one) => store().append([{ ...one, expected: 'no-stream' }])),
      );
      const asked = [...streams, ...streams.slice(0, 5)];
      const read = await Promise.all(asked.map((one) => store().readStream(one.streamId)));
      expect(
        read.map((events) => events.map(({ eventId, version }) => [eventId, version])),
      ).toEqual(
        asked.map(({ events }) => events.map(({ eventId }, version) => [eventId, version])),
      );
    });

    it('gives nothing for a stream that does not exist', async () => {
      expect(await store().readStream(newStream())).toEqual([]);
      expect(await store().readStream(newStream(), { direction: 'backwards' })).toEqual([]);
    });

    it('L4 reads the whole log in order of position, from any position', async () => {
      const last = await store().lastPosition();
      const all = await store().readAll({ after: 0, limit: 100_000 });
      expectOrder(store(), all, 0);
      expect(all.at(-1)?.position).toBe(last);
      const middle = Math.floor(all.length / 2);
      const after = all[middle - 1]!.position;
      expect(await store().readAll({ after, limit: 3 })).toEqual(all.slice(middle, middle + 3));
      expect(await store().readAll({ after: last, limit: 3 })).toEqual([]);
    });

    it('reads some categories alone, page by page, and tells how far', async () => {
      const own = uuidv7().replaceAll('-', '');
      const [wanted, other] = [`testing.wanted${own}`, `testing.other${own}`];
      const after = await store().lastPosition();
      for (const category of [wanted, other, other, wanted, wanted, other])
        await store().append([
          { streamId: `${category}-1`, expected: 'any', events: [newEvent()] },
        ]);
      const last = await store().lastPosition();
      const found: RecordedEvent[] = [];
      let from = after;
      for (let pages = 0; ; pages += 1) {
        const options = { after: from, limit: 2, categories: [wanted] };
        const { events, reached } = await store().readCategories(options);
        expect(events.length).toBeLessThanOrEqual(2);
        expect(pages).toBeLessThan(10);
        found.push(...events);
        if (reached === from) break;
        from = reached;
      }
      expect(from).toBe(last);
      const all = await store().readAll({ after, limit: 10 });
      expect(found).toEqual(all.filter(({ streamId }) => streamId === `${wanted}-1`));
      expect(found).toHaveLength(3);
    });

    it('reads from any number, be it the position of an event or not', async () => {
      const all = await store().readAll({ after: 0, limit: 100_000 });
      const half = Math.floor(all.at(-1)!.position / 2);
      const later = all.filter(({ position }) => position > half);
      expect(await store().readAll({ after: half, limit: 5 })).toEqual(later.slice(0, 5));
    });

    it('L7 records times that never decrease along the log', async () => {
      const all = await store().readAll({ after: 0, limit: 100_000 });
      const times = all.map((event) => event.recordedAt);
      expect(times).toEqual([...times].sort());
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
      const history = (await store().readAll({ after: 0, limit: 100_000 })).length;
      await received(history);
      await append(25);
      await received(history + 25);
      await subscription.close();
      expect(events).toEqual(await store().readAll({ after: 0, limit: history + 25 }));
    });

    it('goes on after a checkpoint', async () => {
      const before = await store().lastPosition();
      await append(3);
      const [first, second] = await store().readAll({ after: before, limit: 2 });
      await append(4);
      const { events, onBatch, received } = collector();
      const subscription = store().subscribeToAll({ after: first!.position, onBatch });
      await received(6);
      await subscription.close();
      expect(events[0]).toEqual(second);
      expect(events).toHaveLength(6);
    });

    it('L4 shows every subscriber the same order while writers compete', async () => {
      const start = await store().lastPosition();
      const collectors = Array.from({ length: 3 }, collector);
      const subscriptions = collectors.map(({ onBatch }, index) =>
        store().subscribeToAll({ after: start, batchSize: 3 + 20 * index, onBatch }),
      );
      await append(300);
      for (const { received } of collectors) await received(300);
      await Promise.all(subscriptions.map((subscription) => subscription.close()));
      const expected = await store().readAll({ after: start, limit: 1_000 });
      expectOrder(store(), expected, start);
      for (const { events } of collectors) expect(events).toEqual(expected);
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
