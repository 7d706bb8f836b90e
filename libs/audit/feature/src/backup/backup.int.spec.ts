import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { PostgresEventStore } from '@encaisse/platform/event-store';
import { LogMessageBus } from '@encaisse/platform/message-bus';
import { Database } from '@encaisse/platform/postgres';
import { PLATFORM_MIGRATIONS } from '@encaisse/platform/runtime';
import { Keyring, PostgresCardVault } from '@encaisse/platform/security';
import { createTestDatabase, newEvent, type TestDatabase, until } from '@encaisse/testing';
import { Client } from 'pg';
import { uuidv7 } from 'uuidv7';
import { verifyLog } from '../verify/verify-log';
import { restoreBackup } from './restore-backup';
import { writeBackup } from './write-backup';

const MASTER = randomBytes(32).toString('hex');
const AT = '2026-03-01T10:00:00.000Z';
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const quiet = (): void => undefined;
const folder = mkdtempSync(join(tmpdir(), 'encaisse-backup-'));

type Installation = {
  readonly test: TestDatabase;
  readonly store: PostgresEventStore;
  readonly database: Database;
  close(): Promise<void>;
};

const opened: Installation[] = [];

async function install(): Promise<Installation> {
  const test = await createTestDatabase();
  return openInstallation(test);
}

async function openInstallation(test: TestDatabase): Promise<Installation> {
  const store = await PostgresEventStore.open({ url: test.url });
  const database = await Database.connect(
    { url: test.url, applicationName: 'backup spec' },
    PLATFORM_MIGRATIONS,
  );
  const installation = {
    test,
    store,
    database,
    close: async () => {
      await store.close();
      await database.close();
    },
  };
  opened.push(installation);
  return installation;
}

async function record(store: PostgresEventStore, count: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      store.append([
        {
          streamId: `testing.thing-${uuidv7()}`,
          expected: 'no-stream',
          events: [
            newEvent({ text: `line\nend \\. tab\t é ${index}` }),
            newEvent({ text: '\\.\n\\.', index }),
          ],
        },
      ]),
    ),
  );
}

/** A consumer that writes down each message it takes. */
async function consume(
  { database, store }: Installation,
  groups: readonly string[],
): Promise<LogMessageBus> {
  await database.query('create table if not exists taken (group_name text, id text)');
  const bus = new LogMessageBus({ database, store, logger: silent, retryDelaysMillis: [5] });
  bus.publish({
    name: 'testing.things',
    categories: ['testing.thing'],
    schemas: { 'testing.thing.v1': {} },
    map: (event) => [{ type: 'testing.thing.v1', data: event.data }],
  });
  for (const group of groups)
    bus.subscribe({
      group,
      types: ['testing.thing.v1'],
      handle: async (message, session) => {
        if ((message.data as { poison?: boolean }).poison === true) throw new Error('poison');
        await session.query('insert into taken values ($1, $2)', [group, message.id]);
      },
    });
  await bus.start();
  return bus;
}

async function taken({ database }: Installation, group: string): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    'select count(distinct id) as count from taken where group_name = $1',
    [group],
  );
  return row?.count ?? 0;
}

async function wholeLog({ database }: Installation, upTo: number): Promise<unknown[]> {
  return database.query(
    `select position, event_id, stream_id, category, version, type, schema_version,
            recorded_at::text, body, encode(leaf_hash, 'hex') as leaf_hash
     from event_store.events where position <= $1 order by position`,
    [upTo],
  );
}

afterAll(async () => {
  for (const installation of opened) await installation.close();
  await Promise.all([...new Set(opened.map(({ test }) => test))].map((test) => test.drop()));
  rmSync(folder, { recursive: true, force: true });
});

describe('Backing up a running installation and restoring it elsewhere', () => {
  let source: Installation;
  const file = join(folder, 'running.backup');
  let cardId: string;
  let position: number;
  let takenBefore: number;

  beforeAll(async () => {
    source = await install();
    const keyring = await Keyring.open(source.database, MASTER);
    const vault = new PostgresCardVault(source.database, keyring);
    const card = { number: '4111111111111111', expiry: '2712' } as const;
    cardId = (await vault.seal({ ...card, environment: 'TEST', tenantId: 'a shop' })).cardId;
    await source.database.query(
      "select nextval('platform.transaction_numbers') from generate_series(1, 64)",
    );
    await record(source.store, 200);
    const bus = await consume(source, ['testing.before']);
    await source.store.append([
      {
        streamId: `testing.thing-${uuidv7()}`,
        expected: 'no-stream',
        events: [newEvent({ poison: true })],
      },
    ]);
    await until(async () => (await bus.parked()).length === 1);
    takenBefore = await taken(source, 'testing.before');
    await bus.stop();
    let isWriting = true as boolean;
    const writing = (async () => {
      while (isWriting) await record(source.store, 20);
    })();
    const report = await writeBackup(source.test.url, file, AT, quiet);
    isWriting = false;
    await writing;
    position = report.position;
  });

  it('GEN-09 restores a log that is equal to the byte, whatever was written meanwhile', async () => {
    const target = await createTestDatabase();
    const progress: number[] = [];
    const report = await restoreBackup(target.url, file, (done) => progress.push(done));
    expect(report).toMatchObject({ position, createdAt: AT });
    expect(progress.at(-1)).toBe(report.rows);
    const restored = await openInstallation(target);
    expect(await wholeLog(restored, position)).toEqual(await wholeLog(source, position));
    const client = new Client({ connectionString: target.url });
    await client.connect();
    expect(await verifyLog(client, quiet)).toMatchObject({
      events: position,
      firstBad: null,
      treeHead: report.treeHead,
    });
    await client.end();
  });

  it('goes on after a restore: new events sort last and consumers see every one', async () => {
    const target = await createTestDatabase();
    await restoreBackup(target.url, file, quiet);
    const restored = await openInstallation(target);
    await record(restored.store, 5);
    expect(await restored.store.lastPosition()).toBe(position + 10);
    const bus = await consume(restored, ['testing.before', 'testing.new']);
    expect(await bus.parked()).toMatchObject([{ group: 'testing.before', attempts: 2 }]);
    await until(async () => (await bus.status()).every(({ lag }) => lag === 0));
    expect(await taken(restored, 'testing.new')).toBe(position + 10 - 1);
    expect(await taken(restored, 'testing.before')).toBe(position + 10 - 1 - takenBefore);
    await bus.stop();
  });

  it('keeps vault, numbers and keys apart: rows are there, the master key is not', async () => {
    const target = await createTestDatabase();
    await restoreBackup(target.url, file, quiet);
    const restored = await openInstallation(target);
    const keyring = await Keyring.open(restored.database, MASTER);
    const vault = new PostgresCardVault(restored.database, keyring);
    expect(await vault.open(cardId)).toEqual({ number: '4111111111111111', expiry: '2712' });
    const [drawn] = await restored.database.query<{ number: number }>(
      "select nextval('platform.transaction_numbers') as number",
    );
    expect(drawn?.number).toBe(65);
    const bytes = gunzipSync(readFileSync(file)).toString('latin1');
    for (const secret of ['4111111111111111', MASTER]) expect(bytes).not.toContain(secret);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('leaves read models and their checkpoints out, so that the next start makes them again', async () => {
    await source.database.query(
      "insert into platform.projections (name, version, position) values ('testing.list', 1, 7)",
    );
    const again = join(folder, 'again.backup');
    await writeBackup(source.test.url, again, AT, quiet);
    const target = await createTestDatabase();
    await restoreBackup(target.url, again, quiet);
    const restored = await openInstallation(target);
    expect(await restored.database.query('select 1 from platform.projections')).toEqual([]);
  });

  it('refuses to write over a file and to restore over rows', async () => {
    await expect(writeBackup(source.test.url, file, AT, quiet)).rejects.toThrow(
      `${file} exists already: choose another name`,
    );
    await expect(restoreBackup(source.test.url, file, quiet)).rejects.toThrow(
      /^a backup is restored into an empty database only, and event_store.events holds rows/,
    );
  });

  it('refuses a damaged, cut, foreign or newer file before it writes anything', async () => {
    const target = await createTestDatabase();
    const bad = (name: string, bytes: Buffer): string => {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      return path;
    };
    const good = readFileSync(file);
    const plain = gunzipSync(good);
    const changed = Buffer.from(plain);
    changed[plain.length - 500] = changed[plain.length - 500]! ^ 1;
    const newer = Buffer.from(
      plain.toString('latin1').replace('"format":1', '"format":2'),
      'latin1',
    );
    const cases: [string, RegExp][] = [
      [bad('changed', gzipSync(changed)), /its SHA-256 differs/],
      [bad('cut', good.subarray(0, good.length - 100)), /cannot be read: unexpected end of file/],
      [bad('foreign', Buffer.from('not a backup')), /cannot be read: incorrect header check/],
      [bad('newer', gzipSync(newer)), /has format 2, this program reads format 1/],
      [join(folder, 'absent'), /does not exist/],
    ];
    for (const [path, message] of cases)
      await expect(restoreBackup(target.url, path, quiet)).rejects.toThrow(message);
    const copy = join(folder, 'copy');
    copyFileSync(file, copy);
    expect((await restoreBackup(target.url, copy, quiet)).position).toBe(position);
    await target.drop();
  });

  it('refuses a database without an event log', async () => {
    const empty = await createTestDatabase();
    await expect(writeBackup(empty.url, join(folder, 'none'), AT, quiet)).rejects.toThrow(
      'this database has no event log: there is nothing to back up',
    );
    await empty.drop();
  });
});
