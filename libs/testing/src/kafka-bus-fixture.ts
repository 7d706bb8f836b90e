import { PostgresEventStore } from '@encaisse/platform/event-store';
import { Leases, LeaseTables } from '@encaisse/platform/leases';
import {
  type BusLogger,
  BusTables,
  type Consumer,
  KAFKA_BUS_MIGRATIONS,
  KafkaMessageBus,
  type KafkaSettings,
  type Publication,
} from '@encaisse/platform/message-bus';
import { Database } from '@encaisse/platform/postgres';
import { PlatformTables1763769600000 } from '@encaisse/platform/projections';
import { uuidv7 } from 'uuidv7';
import { kafkaPrefix } from './kafka-for-tests';
import { createTestDatabase } from './postgres-for-tests';
import { until } from './waiting';

const TABLES = [PlatformTables1763769600000, LeaseTables, BusTables, ...KAFKA_BUS_MIGRATIONS];
const QUICK = { sessionMillis: 3000, heartbeatMillis: 100, waitMillis: 50 };
const SILENT: BusLogger = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
/** Longer than a machine stands still under load, and short enough to be asked for every second. */
const LEASE_MILLIS = 6000;

export const THING_TYPE = 'testing.thing-happened.v1';
const THING_CATEGORY = 'testing.thing';

/** Maps `ThingHappened`, and nothing of what it does not know. */
export const thingsPublication: Publication = {
  name: 'testing.things',
  categories: [THING_CATEGORY],
  schemas: { [THING_TYPE]: {} },
  map: ({ type, data }) => (type === 'ThingHappened' ? [{ type: THING_TYPE, data }] : []),
};

export type BusOptions = {
  readonly kafka?: Partial<KafkaSettings>;
  readonly logger?: BusLogger;
  readonly leases?: Leases;
  readonly publications?: readonly Publication[];
  readonly consumers?: readonly Consumer[];
};

/** An empty log, its database, and buses over the brokers of a spec. */
export class KafkaBusFixture {
  private readonly buses: KafkaMessageBus[] = [];

  private constructor(
    readonly store: PostgresEventStore,
    readonly database: Database,
    readonly kafka: KafkaSettings,
    readonly databaseUrl: string,
    private readonly drop: () => Promise<void>,
  ) {}

  static async open(kafka: Partial<KafkaSettings>): Promise<KafkaBusFixture> {
    const test = await createTestDatabase();
    const store = await PostgresEventStore.open({ url: test.url });
    const database = await Database.connect({ url: test.url, applicationName: 'bus' }, TABLES);
    await database.query(
      'create table effects (no bigserial, group_name text, key text, number integer)',
    );
    const settings = {
      brokers: [],
      prefix: kafkaPrefix(),
      sasl: null,
      tls: null,
      partitions: 3,
      replicationFactor: 1,
      ...kafka,
    };
    return new KafkaBusFixture(store, database, settings, test.url, () => test.drop());
  }

  leases(lifetimeMillis = LEASE_MILLIS): Leases {
    return new Leases({ database: this.database, logger: SILENT, lifetimeMillis });
  }

  /** A bus of one more copy of the process, not started. */
  newBus(options: BusOptions = {}): KafkaMessageBus {
    const bus = new KafkaMessageBus({
      database: this.database,
      store: this.store,
      logger: options.logger ?? SILENT,
      retryDelaysMillis: [5, 10, 20],
      kafka: { ...this.kafka, ...options.kafka },
      leases: options.leases ?? this.leases(),
      clientId: 'spec',
      timings: QUICK,
    });
    this.buses.push(bus);
    for (const one of options.publications ?? [thingsPublication]) bus.publish(one);
    for (const consumer of options.consumers ?? []) bus.subscribe(consumer);
    return bus;
  }

  async startBus(...consumers: readonly Consumer[]): Promise<KafkaMessageBus> {
    const bus = this.newBus({ consumers });
    await bus.start();
    return bus;
  }

  /** A consumer that writes down every effect. */
  recorder(group: string, options: Partial<Consumer> = {}): Consumer {
    return {
      group,
      types: [THING_TYPE],
      handle: async ({ key, data }, session) => {
        await session.query('insert into effects (group_name, key, number) values ($1, $2, $3)', [
          group,
          key,
          (data as { number: number }).number,
        ]);
      },
      ...options,
    };
  }

  /** Records facts of one stream in one append. */
  async happen(key: string, numbers: readonly number[], type = 'ThingHappened'): Promise<void> {
    const metadata = {
      actor: { kind: 'system' as const, login: 'spec' },
      correlationId: '0191d5a0-0000-7000-8000-000000000001',
      causationId: null,
    };
    const events = numbers.map((number) => ({
      eventId: uuidv7(),
      type,
      schemaVersion: 1,
      data: { number },
      metadata,
    }));
    await this.store.append([{ streamId: `${THING_CATEGORY}-${key}`, expected: 'any', events }]);
  }

  /** What a group did for a key, or at all, in the order in which it was written. */
  async numbers(group: string, key?: string): Promise<number[]> {
    const rows = await this.database.query<{ number: number }>(
      `select number from effects
       where group_name = $1 and ($2::text is null or key = $2) order by no`,
      [group, key === undefined ? null : `${THING_CATEGORY}-${key}`],
    );
    return rows.map(({ number }) => number);
  }

  /** Everything was published and taken. */
  async untilQuiet(bus: KafkaMessageBus): Promise<void> {
    await until(async () => {
      const lags = [await bus.relayStatus(), ...(await bus.status())].map(({ lag }) => lag);
      return lags.every((lag) => lag === 0);
    });
  }

  async dispose(): Promise<void> {
    await Promise.all(this.buses.map((bus) => bus.stop()));
    await this.store.close();
    await this.database.close();
    await this.drop();
  }
}
