import { PostgresEventStore } from '@encaisse/platform/event-store';
import { Database } from '@encaisse/platform/postgres';
import { createTestDatabase, describeMessageBusContract } from '@encaisse/testing';
import { Client } from 'pg';
import { BusTables } from './bus-migrations';
import { LogMessageBus } from './log-message-bus';

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
  return {
    store,
    database,
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
      await test.drop();
    },
  };
});
