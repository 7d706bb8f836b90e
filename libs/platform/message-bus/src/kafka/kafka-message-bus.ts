import { setTimeout as wait } from 'node:timers/promises';
import type { Leases } from '@encaisse/platform/leases';
import type { Kafka } from 'kafkajs';
import { BusRefused } from '../bus-errors';
import { DurableMessageBus, type DurableMessageBusOptions } from '../durable-message-bus';
import type { Consumer, ConsumerStatus, RelayStatus } from '../message-bus';
import { BrokerOutage } from './broker-outage';
import { GroupProgress } from './group-progress';
import { connectKafka, type KafkaSettings } from './kafka-connection';
import { KafkaGroupRunner, type GroupTimings } from './kafka-group-runner';
import { KafkaTopics } from './kafka-topics';
import { OrderedProducer } from './ordered-producer';
import { PartitionCheckpoints } from './partition-checkpoints';
import { PublishedTypes } from './published-types';
import { Relay, RELAY_GROUP } from './relay';
import { RelayElection } from './relay-election';

export type KafkaMessageBusOptions = DurableMessageBusOptions & {
  readonly kafka: KafkaSettings;
  readonly leases: Leases;
  /** Told to the brokers: the name of the service. */
  readonly clientId: string;
  readonly timings?: Partial<GroupTimings>;
};

/** How often brokers that were away at the start are looked for. */
const LOOK_AGAIN_MILLIS = 500;
const TIMINGS: GroupTimings = { sessionMillis: 15_000, heartbeatMillis: 1000, waitMillis: 250 };

/**
 * Messages over Kafka (D8): one relay per installation publishes what the publications make of the log,
 * consumer groups take it. At least once on the wire; in effect exactly once and in order per key, as an
 * effect, the id of its message and the place in the partition are one SQL transaction.
 */
export class KafkaMessageBus extends DurableMessageBus {
  private readonly kafka: Kafka;
  private readonly outage: BrokerOutage;
  private readonly checkpoints: PartitionCheckpoints;
  private readonly runners = new Map<string, KafkaGroupRunner>();
  private readonly progress = new Map<string, GroupProgress>();
  private election: RelayElection | null = null;
  private topics: KafkaTopics | null = null;
  private stopping = new AbortController();
  private watching: Promise<void> = Promise.resolve();

  constructor(private readonly options: KafkaMessageBusOptions) {
    super(options);
    this.kafka = connectKafka(options.kafka, options.clientId);
    this.outage = new BrokerOutage(options.logger);
    this.checkpoints = new PartitionCheckpoints(options.database);
  }

  override async status(): Promise<readonly ConsumerStatus[]> {
    // Without brokers the last known positions are told: they are true, only older.
    await Promise.all([...this.progress.values()].map((one) => one.advance())).catch(
      () => undefined,
    );
    const head = await this.options.store.lastPosition();
    const [positions, parked] = await Promise.all([
      this.groups.positions(),
      this.groups.parkedCounts(),
    ]);
    return [...this.consumers.keys()].map((group) => {
      const position = positions.get(group) ?? 0;
      return {
        group,
        position,
        lag: Math.max(0, head - position),
        parked: parked.get(group) ?? 0,
        state: this.runners.get(group)?.state ?? 'stopped',
      };
    });
  }

  override async relayStatus(): Promise<RelayStatus> {
    const head = await this.options.store.lastPosition();
    const position = await this.groups.positionOf(RELAY_GROUP);
    const lag = Math.max(0, head - position);
    return { position, lag, state: this.election?.state ?? 'stopped' };
  }

  override condition(): string {
    return this.outage.condition();
  }

  protected override async begin(): Promise<void> {
    const types = new PublishedTypes(this.options.database, this.publications);
    await types.register();
    await this.groups.create(RELAY_GROUP, 0);
    const topics = this.topicsOfAll();
    this.topics = topics;
    this.stopping = new AbortController();
    try {
      await topics.ensure();
      this.outage.over();
    } catch (error) {
      if (error instanceof BusRefused) throw error;
      this.outage.began(error as Error);
      this.watching = this.watchForBrokers(topics);
    }
    for (const consumer of this.consumers.values()) this.startGroup(consumer, topics);
    this.startRelay(types, topics);
  }

  /** A process that neither consumes nor relays hears of the brokers' return from nobody else. */
  private async watchForBrokers(topics: KafkaTopics): Promise<void> {
    const { signal } = this.stopping;
    for (;;) {
      await wait(LOOK_AGAIN_MILLIS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await topics.ensure();
        this.outage.over();
        return;
      } catch (error) {
        this.outage.began(error as Error);
      }
    }
  }

  protected override async end(): Promise<void> {
    this.stopping.abort();
    await Promise.all([
      this.watching,
      this.election?.stop(),
      ...[...this.runners.values()].map((runner) => runner.stop()),
    ]);
    await this.topics?.close();
    this.election = null;
    this.topics = null;
    this.runners.clear();
    this.progress.clear();
  }

  private topicsOfAll(): KafkaTopics {
    const consumed = [...this.consumers.values()].flatMap(({ types }) => types);
    return new KafkaTopics(this.kafka, this.options.kafka, [...this.mapping.types, ...consumed]);
  }

  private startGroup(consumer: Consumer, topics: KafkaTopics): void {
    const { group, types } = consumer;
    const { groups, checkpoints, kafka, outage, retryDelaysMillis } = this;
    const topicNames = topics.topicsOf(types);
    const progress = new GroupProgress(group, topicNames, groups, checkpoints, topics);
    this.progress.set(group, progress);
    const runner = new KafkaGroupRunner({
      kafka,
      groupId: `${this.options.kafka.prefix}.${group}`,
      topicNames,
      topics,
      store: this.options.store,
      taker: this.takerOf(consumer),
      checkpoints,
      progress,
      outage,
      logger: this.options.logger,
      retryDelaysMillis,
      timings: { ...TIMINGS, ...this.options.timings },
    });
    this.runners.set(group, runner);
    runner.start();
  }

  private startRelay(types: PublishedTypes, topics: KafkaTopics): void {
    const { store, database, logger, leases, kafka } = this.options;
    const { groups, mapping, outage } = this;
    const openPublisher = () => OrderedProducer.open(this.kafka, topics, kafka.partitions);
    const parts = {
      store,
      database,
      groups,
      mapping,
      topics,
      types,
      outage,
      logger,
      openPublisher,
    };
    this.election = new RelayElection({ relay: new Relay(parts), leases, types, logger });
    this.election.start();
  }
}
