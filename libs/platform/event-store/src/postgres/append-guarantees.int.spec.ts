import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { type TestDatabase, createTestDatabase, newEvent } from '@encaisse/testing';
import { Client } from 'pg';
import { uuidv7 } from 'uuidv7';
import { StoreUnavailable } from '../errors';
import type { StreamWrite } from '../event-store';
import { PostgresEventStore } from './postgres-event-store';
import { migrateEventStore } from './schema';

const ROOT = join(__dirname, '..', '..', '..', '..', '..');

let database: TestDatabase;
let store: PostgresEventStore;
let admin: Client;

function write(
  expected: StreamWrite['expected'] = 'any',
  streamId = `t.x-${uuidv7()}`,
): StreamWrite {
  return { streamId, expected, events: [newEvent({ text: 'Crème 𝄞' })] };
}

async function rowsOf(text: string): Promise<Record<string, unknown>[]> {
  return (await admin.query<Record<string, unknown>>(text)).rows;
}

beforeAll(async () => {
  database = await createTestDatabase();
  store = await PostgresEventStore.open({ url: database.url });
  admin = new Client({ connectionString: database.url });
  await admin.connect();
});

afterAll(async () => {
  await store.close();
  await admin.end();
  await database.drop();
});

describe('The event table', () => {
  it.each([
    ['update', "update event_store.events set body = '{}' where position = 1"],
    ['update of nothing', 'update event_store.events set version = 0 where false'],
    ['delete', 'delete from event_store.events'],
    ['truncate', 'truncate event_store.events'],
  ])('L5 refuses %s', async (_title, statement) => {
    await store.append([write()]);
    await expect(admin.query(statement)).rejects.toThrow(/the event log is append-only/);
  });

  it('L6 stores the leaf hash of the canonical bytes, from both append functions', async () => {
    await store.append([write()]);
    await Promise.all(Array.from({ length: 20 }, () => store.append([write()])));
    const rows = await rowsOf(
      'select body, leaf_hash, recorded_at, event_id from event_store.events',
    );
    expect(rows.length).toBeGreaterThan(20);
    for (const row of rows) {
      const body = row['body'] as string;
      const expected = createHash('sha256')
        .update(Buffer.concat([Buffer.of(0), Buffer.from(body, 'utf8')]))
        .digest('hex');
      expect((row['leaf_hash'] as Buffer).toString('hex')).toBe(expected);
      const event = JSON.parse(body) as Record<string, unknown>;
      expect(Object.keys(event)).toEqual([
        'data',
        'eventId',
        'metadata',
        'recordedAt',
        'schemaVersion',
        'streamId',
        'type',
      ]);
      expect(event['recordedAt']).toBe((row['recorded_at'] as Date).toISOString());
      expect(event['eventId']).toBe(row['event_id']);
    }
  });

  it('keeps columns that agree with the body and with the name of the stream', async () => {
    await store.append([write('no-stream', 'cashdesk.transaction-1-2')]);
    const [row] = await rowsOf(
      "select category, type, schema_version from event_store.events where stream_id = 'cashdesk.transaction-1-2'",
    );
    expect(row).toEqual({
      category: 'cashdesk.transaction',
      type: 'SomethingHappened',
      schema_version: 1,
    });
  });

  it('L7 records times that do not go back behind what the log holds', async () => {
    const { rows } = await admin.query<{ at: Date }>(
      'select max(recorded_at) as at from event_store.events',
    );
    const ahead = new Date(rows[0]!.at.getTime() + 3_600_000).toISOString();
    await admin.query(
      `insert into event_store.events select max(position) + 1, gen_random_uuid(), 'ahead', 'ahead', 0,
       'Ahead', 1, $1::timestamptz, '{}', '' from event_store.events`,
      [ahead],
    );
    await store.append([write()]);
    await store.append([write(), write()]);
    const times = await rowsOf(
      'select recorded_at from event_store.events order by position desc limit 3',
    );
    expect(times.map((row) => (row['recorded_at'] as Date).toISOString())).toEqual([
      ahead,
      ahead,
      ahead,
    ]);
  });

  it('is migrated once, also by several processes at the same time', async () => {
    const clients = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const client = new Client({ connectionString: database.url });
        await client.connect();
        return client;
      }),
    );
    await Promise.all(clients.map(migrateEventStore));
    await Promise.all(clients.map((client) => client.end()));
    const versions = await rowsOf('select version from event_store.migrations');
    expect(new Set(versions.map((row) => row['version'])).size).toBe(versions.length);
  });
});

describe('Appends that wait for the lock', () => {
  it.each([1, 2])('read the log as it is once they have it, %p at a time', async (count) => {
    await store.append([write()]);
    const streamId = `t.x-${uuidv7()}`;
    const holder = new Client({ connectionString: database.url });
    await holder.connect();
    await holder.query('begin');
    await holder.query('select pg_advisory_xact_lock(1701733729, 1)');
    const late = [
      write('no-stream', streamId),
      ...Array.from({ length: count - 1 }, () => write()),
    ];
    const waiting = Promise.all(late.map((one) => store.append([one])));
    // The append must have begun, with its first snapshot, before the stream comes to be.
    for (let isWaiting = false; !isWaiting;) {
      const [row] = await rowsOf(
        "select count(*)::int as waiting from pg_locks where locktype = 'advisory' and not granted",
      );
      isWaiting = (row?.['waiting'] as number) > 0;
    }
    await holder.query(
      `insert into event_store.events select max(position) + 1, gen_random_uuid(), $1, 't.x', 0, 'Early',
       1, max(recorded_at), '{}', '' from event_store.events`,
      [streamId],
    );
    await holder.query('commit');
    await holder.end();
    const [first, ...others] = await waiting;
    expect(first).toEqual({ kind: 'wrong-revision', streamId, expected: 'no-stream', actual: 0 });
    for (const other of others) expect(other.kind).toBe('appended');
  });

  it('are not failed or delayed by the conflict of a neighbour', async () => {
    const stale = write('no-stream');
    await store.append([{ ...stale, events: [newEvent()] }]);
    const reused = write();
    await store.append([reused]);
    const altered = { ...reused, events: [{ ...reused.events[0]!, data: { other: true } }] };
    const good = Array.from({ length: 30 }, () => write());
    const before = await store.lastPosition();
    const results = await Promise.all(
      [...good.slice(0, 15), stale, altered, ...good.slice(15)].map((one) => store.append([one])),
    );
    expect(results.filter(({ kind }) => kind === 'appended')).toHaveLength(30);
    expect(results[15]).toMatchObject({ kind: 'wrong-revision', actual: 0 });
    expect(results[16]).toMatchObject({ kind: 'event-id-reused' });
    expect(await store.lastPosition()).toBe(before + 30);
  });
});

describe('Many appends at once', () => {
  it('streams 20,000 of them through in batches, densely', async () => {
    const before = await store.lastPosition();
    const results = await Promise.all(
      Array.from({ length: 20_000 }, () => store.append([write('no-stream')])),
    );
    const positions = results.map((one) => (one.kind === 'appended' ? one.position : 0));
    positions.sort((left, right) => left - right);
    expect(positions).toEqual(positions.map((_, index) => before + 1 + index));
  });

  it('takes an append of more events than a batch holds', async () => {
    const streamId = `t.x-${uuidv7()}`;
    const events = Array.from({ length: 1_200 }, () => newEvent());
    const result = await store.append([{ streamId, expected: 'no-stream', events }]);
    expect(result).toMatchObject({ kind: 'appended', versions: { [streamId]: 1_199 } });
  });
});

const WRITER = `
  const { PostgresEventStore } = require(process.argv[1]);
  const { uuidv7 } = require('uuidv7');
  const metadata = { actor: { kind: 'machine', login: 'w' }, correlationId: 'c', causationId: null };
  (async () => {
    const store = await PostgresEventStore.open({ url: process.argv[2] });
    let refused = 0;
    const writer = async (stream) => {
      for (let n = 0; n < 40; n += 1) {
        const event = { eventId: uuidv7(), type: 'T', schemaVersion: 1, data: { n }, metadata };
        const version = (await store.readStream(stream, { direction: 'backwards', limit: 1 }))[0]?.version;
        const result = await store.append([
          { streamId: stream, expected: version ?? 'no-stream', events: [event] },
        ]);
        if (result.kind !== 'appended') refused += 1;
      }
    };
    await Promise.all(Array.from({ length: 10 }, (_, n) => writer('processes.hot-' + (n % 5))));
    await store.close();
    process.stdout.write(String(refused));
  })();`;

function writerProcess(url: string): Promise<number> {
  const module = join(ROOT, 'dist/libs/platform/event-store/src/index.js');
  const child = spawn(process.execPath, ['-e', WRITER, module, url], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('exit', (code) =>
      code === 0 ? resolve(Number(output)) : reject(new Error(`a writer ended with ${code}`)),
    );
  });
}

describe('Several processes', () => {
  it('L2 L4 append at once with dense positions, and a subscriber elsewhere misses nothing', async () => {
    jest.requireActual<{ build(): void }>(join(ROOT, 'tools/build/build.js')).build();
    const own = await createTestDatabase();
    const reader = await PostgresEventStore.open({ url: own.url });
    const seen: number[] = [];
    const subscription = reader.subscribeToAll({
      after: 0,
      onBatch: (events) => {
        seen.push(...events.map(({ position }) => position));
        return Promise.resolve();
      },
    });
    const refused = await Promise.all([0, 1, 2].map(() => writerProcess(own.url)));
    const expected = 3 * 10 * 40 - refused.reduce((sum, one) => sum + one, 0);
    expect(await reader.lastPosition()).toBe(expected);
    while (seen.length < expected) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(seen).toEqual(seen.map((_, index) => index + 1));
    await subscription.close();
    for (let stream = 0; stream < 5; stream += 1) {
      const versions = (await reader.readStream(`processes.hot-${stream}`)).map((e) => e.version);
      expect(versions).toEqual(versions.map((_, index) => index));
    }
    await reader.close();
    await own.drop();
  });
});

/** A door between store and server that can be slammed after a request went through. */
async function door(url: string): Promise<{
  readonly url: string;
  /** Lets the next answers vanish and breaks the connection instead. */
  swallowAnswers(isOn: boolean): void;
  /** Keeps back what comes over the connections there are; new ones are as they should be. */
  silence(): void;
  close(): Promise<void>;
}> {
  const { port, hostname } = new URL(url);
  const outside = new URL(url);
  let isSwallowing = false;
  const sockets = new Set<Socket>();
  const silent = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    sockets.add(client).add(upstream);
    client.on('data', (chunk) => upstream.write(chunk));
    upstream.on('data', (chunk) => {
      if (silent.has(upstream)) return;
      if (!isSwallowing) client.write(chunk);
      else client.destroy();
    });
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  outside.port = String((server.address() as AddressInfo).port);
  outside.hostname = '127.0.0.1';
  return {
    url: outside.toString(),
    swallowAnswers: (isOn) => {
      isSwallowing = isOn;
    },
    silence: () => {
      for (const socket of sockets) silent.add(socket);
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('A connection lost in the middle of an append', () => {
  it('L3 gives no double: the retry finds what was committed', async () => {
    const between = await door(database.url);
    const own = new PostgresEventStore({ url: between.url });
    await own.append([write()]);
    const before = await store.lastPosition();
    between.swallowAnswers(true);
    const writes = Array.from({ length: 10 }, () => write('no-stream'));
    const appending = Promise.all(writes.map((one) => own.append([one])));
    setTimeout(() => between.swallowAnswers(false), 120);
    const results = await appending;
    expect(results.map(({ kind }) => kind)).toEqual(Array(10).fill('appended'));
    expect(await store.lastPosition()).toBe(before + 10);
    await own.close();
    await between.close();
  });

  it('throws StoreUnavailable after some tries, and the same append settles it later', async () => {
    const between = await door(database.url);
    const own = new PostgresEventStore({ url: between.url });
    await own.append([write()]);
    const before = await store.lastPosition();
    between.swallowAnswers(true);
    const one = write('no-stream');
    await expect(own.append([one])).rejects.toThrow(StoreUnavailable);
    between.swallowAnswers(false);
    expect(await own.append([one])).toMatchObject({ kind: 'appended' });
    expect(await store.lastPosition()).toBe(before + 1);
    await own.close();
    await between.close();
  });
});

describe('A connection that falls silent', () => {
  it('is given up: reading fails as in an outage, and works over another one', async () => {
    const between = await door(database.url);
    const own = new PostgresEventStore({ url: between.url, answerTimeoutMillis: 300 });
    const one = write('no-stream');
    await own.append([one]);
    await own.readStream(one.streamId);
    between.silence();
    const [first, second] = [own.readStream(one.streamId), own.readStream(one.streamId)];
    await expect(first).rejects.toThrow(StoreUnavailable);
    await expect(second).rejects.toThrow(StoreUnavailable);
    expect(await own.readStream(one.streamId)).toHaveLength(1);
    await own.close();
    await between.close();
  });
});

describe('A restart of the database', () => {
  it('interrupts a subscription without skipping or repeating an event', async () => {
    const between = await door(database.url);
    const warnings: string[] = [];
    const own = new PostgresEventStore({
      url: between.url,
      logger: { info: () => undefined, warn: (message) => warnings.push(message) },
    });
    const after = await own.lastPosition();
    const seen: number[] = [];
    const subscription = own.subscribeToAll({
      after,
      batchSize: 3,
      onBatch: (events) => {
        seen.push(...events.map(({ position }) => position));
        return Promise.resolve();
      },
    });
    const until = async (count: number): Promise<void> => {
      while (seen.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await store.append([write()]);
    await until(1);
    // As a server that goes down: every connection ends and new ones are refused for a while.
    between.swallowAnswers(true);
    await admin.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
    );
    await Promise.all(Array.from({ length: 7 }, () => store.append([write()])));
    while (warnings.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    between.swallowAnswers(false);
    await store.append([write()]);
    await until(9);
    expect(seen).toEqual(Array.from({ length: 9 }, (_, index) => after + 1 + index));
    expect(warnings).toEqual(['the event log does not answer, subscriptions wait for it']);
    await subscription.close();
    await own.close();
    await between.close();
  });
});
