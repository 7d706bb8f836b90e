import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PostgresEventStore } from '@encaisse/platform/event-store';
import { Database } from '@encaisse/platform/postgres';
import { createTestDatabase, describeMessageBusContract, newEvent } from '@encaisse/testing';
import { Client } from 'pg';
import { BusTables } from './bus-migrations';
import { LogMessageBus } from './log-message-bus';

const ROOT = join(__dirname, '..', '..', '..', '..');
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function onServer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url, application_name: 'spec' });
  await client.connect();
  await client.query(statement);
  await client.end();
}

describeMessageBusContract('the event log', async () => {
  const test = await createTestDatabase();
  const store = await PostgresEventStore.open({ url: test.url });
  const database = await Database.connect({ url: test.url, applicationName: 'bus' }, [BusTables]);
  // The suite looks on with connections of its own, which are not the ones that are cut.
  const onlooker = await Database.connect({ url: test.url, applicationName: 'onlooker' }, []);
  return {
    store,
    database: onlooker,
    copiesAtWork: 1,
    newBus: () =>
      new LogMessageBus({
        database,
        store,
        logger: silent,
        retryDelaysMillis: [5, 10, 20],
        takeoverMillis: 300,
      }),
    cutConnections: () =>
      onServer(
        test.url,
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'bus' and datname = current_database()`,
      ),
    dispose: async () => {
      await store.close();
      await database.close();
      await onlooker.close();
      await test.drop();
    },
  };
});

/** A process of its own that takes messages until it is killed. */
function startConsumerProcess(url: string): ChildProcess {
  const script = `
    const dist = ${JSON.stringify(join(ROOT, 'dist', 'libs', 'platform'))};
    const { PostgresEventStore } = require(dist + '/event-store/src/index.js');
    const { Database } = require(dist + '/postgres/src/index.js');
    const { BusTables, LogMessageBus } = require(dist + '/message-bus/src/index.js');
    const silent = { info() {}, warn() {}, error() {} };
    (async () => {
      const url = ${JSON.stringify(url)};
      const store = await PostgresEventStore.open({ url });
      const database = await Database.connect({ url, applicationName: 'killed' }, [BusTables]);
      const bus = new LogMessageBus({ database, store, logger: silent, takeoverMillis: 200 });
      bus.publish({
        name: 'testing.things',
        categories: ['testing.thing'],
        schemas: { 'testing.thing.v1': {} },
        map: (event) => [{ type: 'testing.thing.v1', data: event.data }],
      });
      bus.subscribe({
        group: 'testing.killed',
        types: ['testing.thing.v1'],
        handle: (message, session) =>
          session.query('insert into effects (number) values ($1)', [message.data.number]),
      });
      await bus.start();
    })();`;
  return spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'inherit'] });
}

describe('A consumer process that is killed again and again', () => {
  it('writes every effect exactly once and in order', async () => {
    jest.requireActual<{ build(): void }>(join(ROOT, 'tools/build/build.js')).build();
    const test = await createTestDatabase();
    const store = await PostgresEventStore.open({ url: test.url });
    const database = await Database.connect({ url: test.url, applicationName: 'bus' }, [BusTables]);
    await database.query('create table effects (no bigserial, number integer)');
    const count = 3000;
    const events = Array.from({ length: count }, (_, number) => newEvent({ number }));
    for (let at = 0; at < count; at += 100)
      await store.append([
        { streamId: 'testing.thing-1', expected: 'any', events: events.slice(at, at + 100) },
      ]);
    const taken = async (): Promise<number> =>
      (await database.query<{ count: number }>('select count(*) as count from effects'))[0]
        ?.count ?? 0;
    let child = startConsumerProcess(test.url);
    let kills = 0;
    for (let before = 0; (await taken()) < count;) {
      await wait(5);
      // A kill each time some work was done, and never twice in the same state.
      if (kills === 8 || (await taken()) < before + 100) continue;
      before = await taken();
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      kills += 1;
      child = startConsumerProcess(test.url);
    }
    await wait(100);
    child.kill('SIGKILL');
    const numbers = await database.query<{ number: number }>(
      'select number from effects order by no',
    );
    expect(numbers.map(({ number }) => number)).toEqual(events.map((_, number) => number));
    expect(kills).toBeGreaterThanOrEqual(3);
    await store.close();
    await database.close();
    await test.drop();
  }, 120_000);
});
