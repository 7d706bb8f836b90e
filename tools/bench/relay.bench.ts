import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PostgresEventStore } from '@encaisse/platform/event-store';
import { Leases, LeaseTables } from '@encaisse/platform/leases';
import {
  BusTables,
  type Consumer,
  KAFKA_BUS_MIGRATIONS,
  KafkaMessageBus,
  type KafkaSettings,
  type Publication,
} from '@encaisse/platform/message-bus';
import { Database } from '@encaisse/platform/postgres';
import { PlatformTables1763769600000 } from '@encaisse/platform/projections';
import { Kafka, logLevel } from 'kafkajs';
import { uuidv7 } from 'uuidv7';
import { type Bench, type BenchContext, Latencies, type Row } from './bench';
import { sampleEvent } from './sample-events';

// The launcher is plain JavaScript, so that test setups can use it before anything is compiled.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { startBroker } = require(join(process.cwd(), 'tools', 'kafka', 'launch-broker.js')) as {
  readonly startBroker: () => Promise<{ brokers: string[]; stop(): Promise<void> }>;
};

const EVENTS = 100_000;
const BATCH = 500;
const IDLE_MESSAGES = 100;
const PARTITIONS = 4;
const CATEGORY = 'bench.payment';
const TYPE = 'bench.payment-requested.v1';
const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };

const publication: Publication = {
  name: 'bench.payments',
  categories: [CATEGORY],
  schemas: { [TYPE]: {} },
  map: ({ type, data }) => (type === 'PaymentRequested' ? [{ type: TYPE, data }] : []),
};

/** The relay and a consumer on a log of their own, against what the client alone does. */
export const relayBench: Bench = {
  name: 'relay',
  run: async (context) => {
    const broker = await startBroker();
    try {
      const bench = await RelayBench.open(context, broker.brokers);
      try {
        return await bench.rows();
      } finally {
        await bench.close();
      }
    } finally {
      await broker.stop();
    }
  },
};

class RelayBench {
  private readonly seen = new Map<string, number>();
  private taken = 0;

  private constructor(
    private readonly context: BenchContext,
    private readonly store: PostgresEventStore,
    private readonly database: Database,
    private readonly kafka: KafkaSettings,
  ) {}

  static async open(context: BenchContext, brokers: readonly string[]): Promise<RelayBench> {
    const url = await context.createDatabase();
    const store = await PostgresEventStore.open({ url, applicationName: 'bench' });
    const database = await Database.connect({ url, applicationName: 'bench' }, [
      PlatformTables1763769600000,
      LeaseTables,
      BusTables,
      ...KAFKA_BUS_MIGRATIONS,
    ]);
    return new RelayBench(context, store, database, {
      brokers,
      prefix: `bench-${uuidv7().slice(-8)}`,
      partitions: PARTITIONS,
      replicationFactor: 1,
      tls: null,
      sasl: null,
    });
  }

  async rows(): Promise<Row[]> {
    this.context.say(`relay: writing ${EVENTS} events`);
    await Promise.all(
      Array.from({ length: 500 }, async () => {
        for (let index = 0; index < EVENTS / 500; index += 1) await this.append();
      }),
    );
    const relaying = this.bus([]);
    const started = performance.now();
    await relaying.start();
    await this.until(async () => (await relaying.relayStatus()).lag === 0);
    const relayed = EVENTS / ((performance.now() - started) / 1000);
    await relaying.stop();
    const consuming = this.bus([this.consumer()]);
    await consuming.start();
    const taken = await this.rateOf(() => this.taken);
    const latencies = await this.idleLatencies();
    await consuming.stop();
    const client = await this.clientAlone();
    return [
      rate('relay, log to Kafka', relayed, 'batch produce of the client alone', client.produced),
      rate('effect, Kafka to SQL', taken, 'batch consume of the client alone', client.consumed),
      {
        measure: 'relay, acknowledgement to effect, idle, p99',
        ours: latencies.percentile(99),
        peer: 'the limit of the goal',
        peerFigure: 150,
        unit: 'ms',
        ratio: latencies.percentile(99) / 150,
        goal: { atMost: 1 },
      },
    ];
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.database.close();
  }

  private bus(consumers: readonly Consumer[]): KafkaMessageBus {
    const { store, database, kafka } = this;
    const leases = new Leases({ database, logger: QUIET });
    const clientId = 'bench';
    const bus = new KafkaMessageBus({ store, database, kafka, leases, clientId, logger: QUIET });
    bus.publish(publication);
    for (const consumer of consumers) bus.subscribe(consumer);
    return bus;
  }

  /** Its effect is one row per message, as the smallest consumer has. */
  private consumer(): Consumer {
    return {
      group: 'bench.effects',
      types: [TYPE],
      handle: (message) => {
        this.taken += 1;
        this.seen.set(message.key, performance.now());
        return Promise.resolve();
      },
    };
  }

  private async append(): Promise<string> {
    const streamId = `${CATEGORY}-${uuidv7()}`;
    await this.store.append([{ streamId, expected: 'no-stream', events: [sampleEvent()] }]);
    return streamId;
  }

  private async idleLatencies(): Promise<Latencies> {
    const latencies = new Latencies();
    for (let index = 0; index < IDLE_MESSAGES; index += 1) {
      const key = await this.append();
      const acknowledged = performance.now();
      await this.until(() => Promise.resolve(this.seen.has(key)));
      latencies.add((this.seen.get(key) ?? 0) - acknowledged);
      await wait(20);
    }
    return latencies;
  }

  /** The same number of messages of the same size, in batches of the client's own. */
  private async clientAlone(): Promise<{ readonly produced: number; readonly consumed: number }> {
    const kafka = new Kafka({
      clientId: 'bench-alone',
      brokers: [...this.kafka.brokers],
      logLevel: logLevel.NOTHING,
    });
    const topic = `${this.kafka.prefix}.alone`;
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }] });
    await admin.disconnect();
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const started = performance.now();
    for (let sent = 0; sent < EVENTS; sent += BATCH) {
      const messages = Array.from({ length: BATCH }, () => {
        const event = sampleEvent();
        return { key: event.eventId, value: JSON.stringify(event) };
      });
      await producer.send({ topic, acks: -1, messages });
    }
    const produced = EVENTS / ((performance.now() - started) / 1000);
    await producer.disconnect();
    const consumer = kafka.consumer({ groupId: `${topic}.group` });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    let seen = 0;
    await consumer.run({
      eachBatch: ({ batch }) => {
        for (const { value } of batch.messages) {
          JSON.parse(value?.toString() ?? '{}');
          seen += 1;
        }
        return Promise.resolve();
      },
    });
    const consumed = await this.rateOf(() => seen);
    await consumer.disconnect();
    return { produced, consumed };
  }

  /** Messages a second from the first one seen on: joining a group is no part of it. */
  private async rateOf(seen: () => number): Promise<number> {
    await this.until(() => Promise.resolve(seen() > 0));
    const [before, started] = [seen(), performance.now()];
    await this.until(() => Promise.resolve(seen() >= EVENTS));
    return (EVENTS - before) / ((performance.now() - started) / 1000);
  }

  private async until(isReached: () => Promise<boolean>): Promise<void> {
    while (!(await isReached())) await wait(2);
  }
}

function rate(measure: string, ours: number, peer: string, peerFigure: number): Row {
  const ratio = ours / peerFigure;
  return { measure, ours, peer, peerFigure, unit: 'messages/s', ratio, goal: { atLeast: 0.5 } };
}
