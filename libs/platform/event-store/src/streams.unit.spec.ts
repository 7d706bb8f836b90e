import { type Decision, type Instant, type StreamType, accept, refuse } from '@encaisse/kernel';
import { uuidv7 } from 'uuidv7';
import { ContentionExhausted, UnreadableEvent } from './errors';
import type { AppendResult, EventMetadata, EventStore, StreamWrite } from './event-store';
import { MemoryEventStore } from './memory-event-store';
import { Streams } from './streams';

type Opened = { readonly type: 'Opened'; readonly data: { readonly name: string } };
type Added = { readonly type: 'Added'; readonly data: { readonly minor: number } };
type Till = { readonly isOpen: boolean; readonly minor: number };

const tillStream: StreamType<Till, Opened | Added> = {
  category: 'testing.till',
  initial: { isOpen: false, minor: 0 },
  evolve: (state, event) =>
    event.type === 'Opened'
      ? { ...state, isOpen: true }
      : { ...state, minor: state.minor + event.data.minor },
  schemaVersions: { Opened: 1, Added: 2 },
  upcasters: {
    Added: { 1: (data) => ({ minor: (data as { cents: number }).cents }) },
  },
};

const metadata: EventMetadata = {
  actor: { kind: 'system', login: 'spec' },
  correlationId: '0191d5a0-0000-7000-8000-000000000001',
  causationId: null,
};

const add = (minor: number) => (till: Till) =>
  till.isOpen ? accept<Added>({ type: 'Added', data: { minor } }) : refuse('till-closed');
const open = (till: Till): Decision<Opened, never> =>
  till.isOpen ? accept() : accept<Opened>({ type: 'Opened', data: { name: 'A' } });

function memoryStore(): MemoryEventStore {
  return new MemoryEventStore({ now: () => '2026-11-22T08:00:00.000Z' as Instant });
}

/** Another writer comes first a number of times. */
function disturbed(store: EventStore, times: number): EventStore {
  let left = times;
  const append = async (writes: readonly StreamWrite[]): Promise<AppendResult> => {
    if (left > 0) {
      left -= 1;
      await new Streams(store).decide(tillStream, 'one', add(1), metadata);
    }
    return store.append(writes);
  };
  return new Proxy(store, {
    get: (target, name) => (name === 'append' ? append : (Reflect.get(target, name) as unknown)),
  });
}

describe('Deciding on a stream', () => {
  it('records what was decided at the version it was decided on', async () => {
    const store = memoryStore();
    const streams = new Streams(store);
    const opened = await streams.decide(tillStream, 'one', open, metadata);
    expect(opened).toEqual({
      decision: { accepted: [{ type: 'Opened', data: { name: 'A' } }] },
      position: 1,
      version: 0,
      isReplay: false,
    });
    await streams.decide(tillStream, 'one', add(250), metadata);
    expect(await streams.load(tillStream, 'one')).toMatchObject({
      state: { isOpen: true, minor: 250 },
      version: 1,
      position: 2,
    });
    const [, added] = await store.readStream('testing.till-one');
    expect(added).toMatchObject({ type: 'Added', schemaVersion: 2, metadata });
  });

  it('records nothing on a refusal', async () => {
    const store = memoryStore();
    const result = await new Streams(store).decide(tillStream, 'one', add(1), metadata);
    expect(result.decision).toEqual({ refused: 'till-closed' });
    expect(result.version).toBeNull();
    expect(await store.lastPosition()).toBe(0);
  });

  it('answers what was done before with the position a reader must have reached', async () => {
    const streams = new Streams(memoryStore());
    await streams.decide(tillStream, 'one', open, metadata);
    expect(await streams.decide(tillStream, 'one', open, metadata)).toEqual({
      decision: { accepted: [] },
      position: 1,
      version: 0,
      isReplay: true,
    });
  });

  it('decides again on the new state when another writer came first', async () => {
    const store = memoryStore();
    await new Streams(store).decide(tillStream, 'one', open, metadata);
    await new Streams(disturbed(store, 3)).decide(tillStream, 'one', add(10), metadata);
    const { state } = await new Streams(store).load(tillStream, 'one');
    expect(state.minor).toBe(13);
  });

  it('gives up aloud when others never stop writing', async () => {
    const store = memoryStore();
    await new Streams(store).decide(tillStream, 'one', open, metadata);
    const streams = new Streams(disturbed(store, 1_000));
    await expect(streams.decide(tillStream, 'one', add(10), metadata)).rejects.toThrow(
      ContentionExhausted,
    );
  });

  it('decides over several streams and records in all or in none', async () => {
    const store = memoryStore();
    const streams = new Streams(store);
    await streams.decide(tillStream, 'one', open, metadata);
    const targets = [
      { stream: tillStream, id: 'one' },
      { stream: tillStream, id: 'two' },
    ] as const;
    const result = await streams.decideMany(
      targets,
      ([from, to]) =>
        from.isOpen && !to.isOpen
          ? {
              accepted: [
                [{ type: 'Added', data: { minor: -5 } }],
                [
                  { type: 'Opened', data: { name: 'B' } },
                  { type: 'Added', data: { minor: 5 } },
                ],
              ],
            }
          : refuse('not-movable'),
      metadata,
    );
    expect(result).toMatchObject({
      position: 4,
      versions: { 'testing.till-one': 1, 'testing.till-two': 1 },
      isReplay: false,
    });
    const again = await streams.decideMany(targets, () => refuse('not-movable'), metadata);
    expect(again.decision).toEqual({ refused: 'not-movable' });
    expect(await store.lastPosition()).toBe(4);
  });

  it('records what it is given beside with what was decided, once, or not at all', async () => {
    const store = memoryStore();
    const streams = new Streams(disturbed(store, 2));
    await new Streams(store).decide(tillStream, 'one', open, metadata);
    const opened = [{ type: 'Opened', data: { name: 'beside' } }] as const;
    const beside = (id: string) => [
      streams.newWrite(tillStream, id, 'no-stream', opened, metadata),
    ];
    await streams.decide(tillStream, 'one', add(250), metadata, beside('accepted'));
    await streams.decide(tillStream, 'none', add(250), metadata, beside('refused'));
    await streams.decide(tillStream, 'one', open, metadata, beside('done-before'));
    const events = await store.readAll({ after: 0, limit: 10 });
    expect(events.map(({ streamId, type }) => `${streamId} ${type}`)).toEqual([
      'testing.till-one Opened',
      'testing.till-one Added',
      'testing.till-one Added',
      'testing.till-one Added',
      'testing.till-accepted Opened',
    ]);
  });
});

describe('Reading what older and newer releases wrote', () => {
  const write = (type: string, schemaVersion: number, data: object): StreamWrite => ({
    streamId: 'testing.till-one',
    expected: 'any',
    events: [{ eventId: uuidv7(), type, schemaVersion, data, metadata }],
  });

  it('upcasts an old version', async () => {
    const store = memoryStore();
    await store.append([write('Opened', 1, { name: 'A' })]);
    await store.append([write('Added', 1, { cents: 40 })]);
    const { state } = await new Streams(store).load(tillStream, 'one');
    expect(state).toEqual({ isOpen: true, minor: 40 });
  });

  it.each([
    ['an unknown type', write('Exploded', 1, {}), /Exploded, which testing.till does not have/],
    ['a newer version', write('Added', 3, {}), /schema version 3, this release knows 2/],
    ['a type named like a built-in', write('toString', 1, {}), /toString, which/],
  ])('stops at %s', async (_title, event, message) => {
    const store = memoryStore();
    await store.append([event]);
    const loading = new Streams(store).load(tillStream, 'one');
    await expect(loading).rejects.toThrow(UnreadableEvent);
    await expect(loading).rejects.toThrow(message);
  });
});
