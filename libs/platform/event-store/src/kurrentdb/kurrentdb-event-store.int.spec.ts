import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import {
  type EventStoreFixture,
  type KurrentDbStandIn,
  type KurrentDbStandInOptions,
  canHaveKurrentDbServer,
  collector,
  describeEventStoreContract,
  kurrentDbServer,
  newEvent,
  startKurrentDbStandIn,
} from '@encaisse/testing';
import { StoreUnavailable, UnreadableEvent } from '../errors';
import type { EventStore } from '../event-store';
import { openKurrentDbEventStore } from './open';

async function onStandIn(options: KurrentDbStandInOptions = {}): Promise<EventStoreFixture> {
  const server = await startKurrentDbStandIn(options);
  const store = await openKurrentDbEventStore({ url: server.url });
  return {
    store,
    dispose: async () => {
      await store.close();
      server.stop();
    },
  };
}

// A server that forgets at once leaves every repetition to the adapter.
describeEventStoreContract('EventStoreDB protocol, a stand-in that remembers two ids', () =>
  onStandIn({ rememberedEvents: 2 }),
);

const hasServer = canHaveKurrentDbServer();
const itOnServer = hasServer ? it : it.skip;

async function onServer(): Promise<EventStoreFixture> {
  const server = await kurrentDbServer();
  const store = await openKurrentDbEventStore({ url: server.url });
  return {
    store,
    dispose: async () => {
      await store.close();
      await server.stop();
    },
  };
}

describe('A KurrentDB server', () => {
  itOnServer('answers, given by EVENTSTORE_URL or started by a Docker engine', async () => {
    const server = await onServer();
    expect(await server.store.lastPosition()).toBeGreaterThanOrEqual(0);
    await server.dispose();
  });
});
if (hasServer) describeEventStoreContract('KurrentDB server', onServer);

describe('The event log on a server of the EventStoreDB protocol', () => {
  let server: KurrentDbStandIn;
  let store: EventStore;
  let now = Date.parse('2026-11-22T08:00:00.000Z');
  const streamId = () => `testing.thing-${randomUUID()}`;
  const append = (stream: string, events = [newEvent()]) =>
    store.append([{ streamId: stream, expected: 'any', events }]);

  beforeEach(async () => {
    now = Date.parse('2026-11-22T08:00:00.000Z');
    server = await startKurrentDbStandIn({ now: () => now });
    store = await openKurrentDbEventStore({ url: server.url });
  });
  afterEach(async () => {
    await store.close();
    server.stop();
  });

  it('settles an append whose answer was lost when it is repeated, and records it once', async () => {
    const stream = streamId();
    const write = { streamId: stream, expected: 'no-stream' as const, events: [newEvent()] };
    server.loseAnswers(2);
    await expect(store.append([write])).rejects.toThrow(StoreUnavailable);
    expect(await store.append([write])).toMatchObject({ kind: 'appended', isReplay: true });
    expect(await store.readStream(stream)).toHaveLength(1);
  });

  it('asks again by itself once, and knows its own append', async () => {
    const stream = streamId();
    const write = { streamId: stream, expected: 'no-stream' as const, events: [newEvent()] };
    server.loseAnswers(1);
    expect(await store.append([write])).toMatchObject({ kind: 'appended', isReplay: false });
    expect(await store.readStream(stream)).toHaveLength(1);
  });

  it('appends to servers that take no batches', async () => {
    const older = await onStandIn({ hasBatchAppend: false });
    const write = { streamId: streamId(), expected: 'any' as const, events: [newEvent()] };
    expect(await older.store.append([write])).toMatchObject({ isReplay: false });
    const late = { ...write, expected: 3, events: [newEvent()] };
    expect(await older.store.append([late])).toMatchObject({ kind: 'wrong-revision', actual: 0 });
    await older.dispose();
  });

  it('tells an outage as such and goes on after it', async () => {
    server.interrupt();
    await expect(append(streamId())).rejects.toThrow(StoreUnavailable);
    await server.resume();
    expect(await append(streamId())).toMatchObject({ kind: 'appended' });
  });

  it('P4 skips nothing when the server goes away under a subscription', async () => {
    const { events, onBatch, received } = collector();
    const subscription = store.subscribeToAll({ after: 0, batchSize: 3, onBatch });
    const other = await openKurrentDbEventStore({ url: server.url });
    for (let round = 0; round < 4; round += 1) {
      for (let n = 0; n < 5; n += 1)
        await other.append([{ streamId: streamId(), expected: 'any', events: [newEvent()] }]);
      server.interrupt();
      await server.resume();
    }
    await received(20);
    await subscription.close();
    expect(events).toEqual(await store.readAll({ after: 0, limit: 100 }));
    await other.close();
  });

  it('is woken by appends of another process', async () => {
    const { onBatch, received } = collector();
    const subscription = store.subscribeToAll({ after: 0, onBatch });
    const other = await openKurrentDbEventStore({ url: server.url });
    await other.append([{ streamId: streamId(), expected: 'any', events: [newEvent()] }]);
    await received(1);
    await subscription.close();
    await other.close();
  });

  it('L7 never goes back with the clock of the server', async () => {
    await append(streamId());
    now -= 60_000;
    await append(streamId());
    now += 61_000;
    await append(streamId());
    const log = await store.readAll({ after: 0, limit: 10 });
    expect(log.map(({ recordedAt }) => recordedAt)).toEqual([
      '2026-11-22T08:00:00.000Z',
      '2026-11-22T08:00:00.000Z',
      '2026-11-22T08:00:01.000Z',
    ]);
  });

  it('leaves out what the server writes for itself, and ends where our last event is', async () => {
    for (let n = 0; n < 100; n += 1) server.log.writeSystemEvent();
    await append(streamId());
    for (let n = 0; n < 100; n += 1) server.log.writeSystemEvent();
    const { position } = (await append(streamId())) as { position: number };
    for (let n = 0; n < 100; n += 1) server.log.writeSystemEvent();
    expect(await store.readAll({ after: 0, limit: 10 })).toHaveLength(2);
    expect(await store.readAll({ after: position, limit: 10 })).toEqual([]);
    expect(await store.lastPosition()).toBe(position);
  });

  it('stops at an event that somebody else wrote, rather than pass over it', async () => {
    await append(streamId());
    const client = EventStoreDBClient.connectionString(server.url);
    await client.appendToStream('orders-1', jsonEvent({ type: 'OrderPlaced', data: { n: 1 } }));
    await client.dispose();
    const subscription = store.subscribeToAll({ after: 0, onBatch: () => Promise.resolve() });
    await expect(subscription.done).rejects.toThrow(UnreadableEvent);
    await expect(store.readAll({ after: 0, limit: 10 })).rejects.toThrow(
      'event 0 of orders-1 was not written by Encaisse',
    );
  });

  it.each(['softDelete', 'tombstone'] as const)(
    'does not go on with a stream whose history is gone: %s',
    async (deletion) => {
      const stream = streamId();
      await append(stream);
      server.log[deletion](stream);
      await expect(append(stream)).rejects.toThrow(/deleted/);
    },
  );

  it('sends an append in several requests, and refuses one the server would not take', async () => {
    const stream = streamId();
    const big = Array.from({ length: 9 }, () => newEvent({ text: 'x'.repeat(100_000) }));
    expect(await append(stream, big)).toMatchObject({ versions: { [stream]: 8 } });
    const tooBig = Array.from({ length: 12 }, () => newEvent({ text: 'x'.repeat(100_000) }));
    await expect(append(streamId(), tooBig)).rejects.toThrow();
    expect(await store.readAll({ after: 0, limit: 100 })).toHaveLength(9);
  });

  it('L3 refuses an id of another stream after a restart, and one with another body', async () => {
    const event = newEvent();
    const stream = streamId();
    await append(stream, [event]);
    const restarted = await openKurrentDbEventStore({ url: server.url });
    const reused = { kind: 'event-id-reused', eventId: event.eventId };
    const elsewhere = { streamId: streamId(), expected: 'any' as const, events: [event] };
    expect(await restarted.append([elsewhere])).toEqual(reused);
    const changed = { ...event, data: { amount: 2 } };
    const before = { streamId: stream, expected: 'no-stream' as const, events: [changed] };
    expect(await restarted.append([before])).toEqual(reused);
    await restarted.close();
  });

  it('L3 compares what the server took for a repetition, in a process that heard of no first time', async () => {
    const other = await openKurrentDbEventStore({ url: server.url });
    const write = { streamId: streamId(), expected: 'no-stream' as const, events: [newEvent()] };
    const first = await store.append([write]);
    const changed = { ...write, events: [{ ...write.events[0]!, data: { amount: 2 } }] };
    expect(await other.append([changed])).toMatchObject({ kind: 'event-id-reused' });
    expect(await other.append([write])).toEqual({ ...first, isReplay: true });
    await other.close();
    const third = await openKurrentDbEventStore({ url: server.url });
    const fresh = { ...write, streamId: streamId(), events: [newEvent()] };
    const recorded = await store.append([fresh]);
    expect(await third.append([fresh])).toEqual({ ...recorded, isReplay: true });
    await third.close();
  });

  it('L6 sends the canonical bytes even where JSON would put the members in another order', async () => {
    await append('testing.bytes-1', [newEvent({ 10: 'ten', 9: 'nine' })]);
    const { data, contentType } = server.log.events.at(-1)!;
    expect(Buffer.from(data).toString()).toBe('{"10":"ten","9":"nine"}');
    expect(contentType).toBe('application/octet-stream');
  });

  it('keeps JSON readable by the tools of the server, with their names of causes', async () => {
    const event = newEvent({ amount: { minor: 100 } });
    const metadata = { ...event.metadata, causationId: randomUUID() };
    await append('testing.json-1', [{ ...event, metadata }]);
    const { data, metadata: stored, contentType } = server.log.events.at(-1)!;
    expect(contentType).toBe('application/json');
    expect(Buffer.from(data).toString()).toBe('{"amount":{"minor":100}}');
    expect(JSON.parse(Buffer.from(stored).toString())).toMatchObject({
      $correlationId: metadata.correlationId,
      $causationId: metadata.causationId,
    });
  });

  it('finds the leader of a cluster by itself', async () => {
    const url = `kurrentdb+discover://${server.address}?tls=false`;
    const clustered = await openKurrentDbEventStore({ url });
    expect(await clustered.lastPosition()).toBe(0);
    await clustered.close();
  });
});

describe('A server of the EventStoreDB protocol that asks for a password', () => {
  const folder = mkdtempSync(join(tmpdir(), 'encaisse-tls-'));
  const file = (name: string) => join(folder, name);
  let server: KurrentDbStandIn;

  beforeAll(async () => {
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
        ...['-keyout', file('key.pem'), '-out', file('certificate.pem'), '-days', '2'],
        ...['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'],
      ],
      { stdio: 'ignore' },
    );
    server = await startKurrentDbStandIn({
      credentials: 'ops:p@ss word',
      tls: {
        certificate: readFileSync(file('certificate.pem')),
        key: readFileSync(file('key.pem')),
      },
    });
  });
  afterAll(() => {
    server.stop();
    rmSync(folder, { recursive: true });
  });

  const urlWith = (user: string) =>
    `kurrentdb://${user}@${server.address}?tls=true&tlsCaFile=${encodeURIComponent(file('certificate.pem'))}`;

  it('is spoken to over TLS, with the user of the address', async () => {
    const store = await openKurrentDbEventStore({ url: urlWith('ops:p%40ss%20word') });
    const write = { streamId: 'testing.tls-1', expected: 'any' as const, events: [newEvent()] };
    expect(await store.append([write])).toMatchObject({ kind: 'appended' });
    expect(await store.readAll({ after: 0, limit: 5 })).toHaveLength(1);
    await store.close();
  });

  it('S1 refuses another user, and no message tells the password', async () => {
    const opening = openKurrentDbEventStore({ url: urlWith('ops:wrong-secret') });
    const error = await opening.then(
      () => null,
      (reason: unknown) => reason as Error,
    );
    expect(error).toBeInstanceOf(Error);
    expect(`${String(error?.message)} ${String(error?.stack)}`).not.toContain('wrong-secret');
  });
});
