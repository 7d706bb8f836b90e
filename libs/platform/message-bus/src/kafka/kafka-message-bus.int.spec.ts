import { PostgresEventStore } from '@encaisse/platform/event-store';
import { Leases, LeaseTables } from '@encaisse/platform/leases';
import { Database } from '@encaisse/platform/postgres';
import { PlatformTables1763769600000 } from '@encaisse/platform/projections';
import {
  createTestDatabase,
  describeMessageBusContract,
  isKafkaThere,
  kafkaBrokers,
  kafkaPrefix,
} from '@encaisse/testing';
import { Client } from 'pg';
import { BusTables } from '../bus-migrations';
import { KafkaMessageBus } from './kafka-message-bus';
import { KAFKA_BUS_MIGRATIONS } from './kafka-tables';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const TABLES = [PlatformTables1763769600000, LeaseTables, BusTables, ...KAFKA_BUS_MIGRATIONS];
const TIMINGS = { sessionMillis: 3000, heartbeatMillis: 100, waitMillis: 50 };

async function onServer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url, application_name: 'spec' });
  await client.connect();
  await client.query(statement);
  await client.end();
}

const describeWithKafka = isKafkaThere ? describe : describe.skip;

describeWithKafka('On Kafka (needs Java and Maven, or KAFKA_BROKERS)', () => {
  describeMessageBusContract('Kafka', async () => {
    const brokers = await kafkaBrokers();
    const prefix = kafkaPrefix();
    const test = await createTestDatabase();
    const store = await PostgresEventStore.open({ url: test.url });
    const database = await Database.connect({ url: test.url, applicationName: 'bus' }, TABLES);
    // The suite looks on with connections of its own, which are not the ones that are cut.
    const onlooker = await Database.connect({ url: test.url, applicationName: 'onlooker' }, []);
    const kafka = {
      brokers,
      prefix,
      sasl: null,
      tls: null,
      partitions: 2,
      replicationFactor: 1,
    };
    return {
      store,
      database: onlooker,
      copiesAtWork: kafka.partitions,
      newBus: () =>
        new KafkaMessageBus({
          database,
          store,
          logger: silent,
          retryDelaysMillis: [5, 10, 20],
          kafka,
          leases: new Leases({ database, logger: silent, lifetimeMillis: 1000 }),
          clientId: 'spec',
          timings: TIMINGS,
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
});
