import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PostgresEventStore } from '@encaisse/platform/event-store';
import { Client } from 'pg';
import { uuidv7 } from 'uuidv7';
import { type Command, newCommand } from '../load/command';
import { type LoadMerchant, openLoadMerchant } from '../load/merchant';
import { ProductClient } from '../load/product-client';
import { Fleet } from '../world/fleet';
import { laboratoryFolder } from '../world/postgres-victim';
import { readWholeLog } from '../accounting/log-reader';

const ROOT = join(__dirname, '..', '..', '..');
const START_MILLIS = 180_000;
const PATIENCE_MILLIS = 30_000;

let fleet: Fleet;
let client: ProductClient;
let merchant: LoadMerchant;
let database: Client;
const folder = laboratoryFolder('what-happens-when');

async function connectDatabase(): Promise<Client> {
  const connection = new Client({ connectionString: fleet.databaseUrl });
  // The server is killed and restarted under it.
  connection.on('error', () => undefined);
  await connection.connect();
  return connection;
}

function payment(): Command {
  const id = uuidv7();
  return newCommand({
    id,
    kind: 'payment',
    context: 'authorization',
    path: '/api/v1/payments',
    transactionId: id,
    amountMinor: 2500,
    body: {
      id,
      contractId: merchant.contractIds[0],
      orderReference: 'WHAT-IF',
      amount: { minor: 2500, currency: 'EUR' },
      card: { number: '4000000000000010', expiry: '4912' },
    },
  });
}

type Health = { readonly status: number; readonly parts: Readonly<Record<string, string>> };

async function health(): Promise<Health> {
  const { status, body } = await client.request('backoffice', 'GET', '/health/ready');
  return { status, parts: (body as { parts: Record<string, string> }).parts };
}

/** The first health that a condition holds of. */
async function healthOnce(condition: (health: Health) => boolean): Promise<Health> {
  const deadline = performance.now() + PATIENCE_MILLIS;
  for (;;) {
    const found = await health().catch(() => null);
    if (found !== null && condition(found)) return found;
    if (performance.now() > deadline) throw new Error(`not in time: ${JSON.stringify(found)}`);
    await wait(25);
  }
}

const isReady = ({ status }: Health): boolean => status === 200;
const isDown =
  (part: string) =>
  ({ parts }: Health): boolean =>
    parts[part]?.startsWith('down') === true;

async function restartProduct(): Promise<void> {
  const service = fleet.services.get('all-in-one')!;
  await service.stop();
  // It listens before its read models are ready; the test looks at what it says of itself.
  service.restart().catch(() => undefined);
}

async function paymentsInLog(id: string): Promise<number> {
  const events = await readWholeLog(fleet.databaseUrl);
  return events.filter(
    ({ type, data }) => type === 'PaymentRequested' && data['transactionId'] === id,
  ).length;
}

beforeAll(async () => {
  jest.requireActual<{ build(): void }>(join(ROOT, 'tools/build/build.js')).build();
  fleet = await Fleet.start({ folder: folder.path, arrangement: 'together' });
  client = new ProductClient(fleet, 16);
  merchant = await openLoadMerchant(client, 1);
  database = await connectDatabase();
}, START_MILLIS);

afterAll(async () => {
  await database.end();
  await client.close();
  await fleet.stop();
  folder.remove();
}, START_MILLIS);

describe('When the disk is full', () => {
  const plant = `
    create function event_store.no_space() returns trigger language plpgsql as $$
    begin
      raise exception 'could not extend file: No space left on device' using errcode = '53100';
    end $$;
    create trigger no_space before insert on event_store.events
      for each statement execute function event_store.no_space()`;

  it('answers 503 and records nothing, then takes the same request once there is room', async () => {
    await database.query(plant);
    const command = payment();
    const { context, path, body } = command;
    const refused = await client.request(context, 'POST', path, body);
    expect([refused.status, (refused.body as { code?: string }).code]).toEqual([
      503,
      'unavailable',
    ]);
    expect(refused.text).not.toContain('No space left');
    const read = await client.request('backoffice', 'GET', '/api/v1/nodes');
    expect(read.status).toBe(200);
    await database.query('drop function event_store.no_space cascade');
    expect(await paymentsInLog(command.id)).toBe(0);
    await client.settle(command);
    expect([command.state, command.answer['status']]).toEqual(['acknowledged', 'ACCEPTED']);
    expect(await paymentsInLog(command.id)).toBe(1);
  });
});

describe('When the database is restarted', () => {
  it(
    'goes on by itself: requests meanwhile are unknown at worst, and settled under their ids',
    async () => {
      const before = payment();
      await client.settle(before);
      fleet.postgres.kill();
      const meanwhile = [payment(), payment(), payment()];
      const settling = Promise.all(meanwhile.map((command) => client.settle(command)));
      await wait(500);
      await fleet.postgres.restart();
      await settling;
      for (const command of [before, ...meanwhile]) {
        expect(command.state).toBe('acknowledged');
        expect(await paymentsInLog(command.id)).toBe(1);
      }
      await healthOnce(isReady);
      database = await connectDatabase();
    },
    START_MILLIS,
  );
});

describe('When the log holds what this release does not know', () => {
  const JOURNAL = 'projection backoffice.journal';

  async function appendForeign(type: string, schemaVersion: number): Promise<number> {
    const store = await PostgresEventStore.open({ url: fleet.databaseUrl });
    const { rows } = await database.query<{ body: string }>(
      "select body from event_store.events where type = 'TransactionCaptured' or type = 'PaymentAccepted' order by position desc limit 1",
    );
    const { data, metadata } = JSON.parse(rows[0]!.body) as { data: object; metadata: never };
    const event = { eventId: uuidv7(), type, schemaVersion, data, metadata };
    const streamId = `ledger.transaction-${uuidv7()}`;
    const result = await store.append([{ streamId, expected: 'no-stream', events: [event] }]);
    await store.close();
    if (result.kind !== 'appended') throw new Error('the event was not appended');
    return result.position;
  }

  /** Nobody may do this but a test: the log refuses it, so its triggers are set aside. */
  async function removeFromLog(position: number): Promise<void> {
    await database.query('alter table event_store.events disable trigger user');
    await database.query('delete from event_store.events where position >= $1', [position]);
    await database.query('alter table event_store.events enable trigger user');
    await database.query(
      'update platform.projections set position = least(position, $1::bigint - 1)',
      [position],
    );
    await database.query('delete from platform.reference_snapshots');
    await database.query(
      'update bus.consumer_groups set position = least(position, $1::bigint - 1)',
      [position],
    );
  }

  it.each([
    ['an event of an unknown type', 'TransactionTeleported', 1, /is a TransactionTeleported/],
    ['an event of a newer version', 'PaymentAccepted', 99, /of schema version 99/],
  ])(
    'P4 halts before %s, says why, skips nothing, and the others go on',
    async (_title, type, version, reason) => {
      await healthOnce(isReady);
      const position = await appendForeign(type, version);
      const found = await healthOnce(isDown(JOURNAL));
      expect(found.status).toBe(503);
      expect(found.parts[JOURNAL]).toMatch(reason);
      expect(found.parts[JOURNAL]).toMatch(/lag [1-9]/);
      const { rows } = await database.query<{ name: string; position: string }>(
        'select name, position from platform.projections order by name',
      );
      const journal = rows.find(({ name }) => name === 'backoffice.journal')!;
      expect(Number(journal.position)).toBeLessThan(position);
      const others = Object.entries(found.parts).filter(
        ([name, state]) => name.startsWith('projection ') && !state.startsWith('down'),
      );
      expect(others.map(([name]) => name)).toContain('projection backoffice.remittances');
      // Commands do not wait for a read model.
      const command = payment();
      await client.settle(command);
      expect(command.answer['status']).toBe('ACCEPTED');
      const metrics = await client.request('backoffice', 'GET', '/metrics');
      expect(metrics.text).toMatch(
        /encaisse_projection_lag_events\{[^}]*projection="backoffice.journal"[^}]*\} [1-9]/,
      );
      expect(fleet.services.get('all-in-one')!.lastLines).toMatch(/a projection is halted/);
      await fleet.services.get('all-in-one')!.stop();
      await removeFromLog(position);
      await restartProduct();
      await healthOnce(isReady);
    },
    START_MILLIS,
  );
});

describe('When a checkpoint is ahead of the log', () => {
  it(
    'P1 refuses to go on with the read model and says the command that mends it',
    async () => {
      await healthOnce(isReady);
      await fleet.services.get('all-in-one')!.stop();
      await database.query(
        "update platform.projections set position = position + 1000 where name = 'backoffice.journal'",
      );
      await restartProduct();
      const found = await healthOnce(isDown('projection backoffice.journal'));
      expect(found.parts['projection backoffice.journal']).toMatch(
        /checkpoint \d+ is ahead of the log \(\d+\): the log was restored; run npx encaisse rebuild backoffice\.journal/,
      );
      expect(found.parts['projection backoffice.remittances']).not.toMatch(/^down/);
      await database.query(
        "update platform.projections set position = position - 1000 where name = 'backoffice.journal'",
      );
      await healthOnce(isReady);
    },
    START_MILLIS,
  );

  it(
    'P5 halts the consumer and says so in one line',
    async () => {
      await fleet.services.get('all-in-one')!.stop();
      await database.query('update bus.consumer_groups set position = position + 1000000');
      await restartProduct();
      const service = fleet.services.get('all-in-one')!;
      const complaint = () =>
        service.lastLines
          .split('\n')
          .find((line) => /a consumer is halted/.test(line) && /is ahead of the log/.test(line));
      const deadline = performance.now() + PATIENCE_MILLIS;
      while (complaint() === undefined && performance.now() < deadline) await wait(50);
      const line = complaint();
      if (line === undefined) throw new Error(`no consumer complained:\n${service.lastLines}`);
      expect(JSON.parse(line)).toMatchObject({
        group: expect.any(String),
        error: expect.stringMatching(/checkpoint \d+ is ahead of the log \(\d+\): it was restored/),
      });
      await database.query('update bus.consumer_groups set position = position - 1000000');
    },
    START_MILLIS,
  );
});
