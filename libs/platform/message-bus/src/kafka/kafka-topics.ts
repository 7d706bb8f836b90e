import type { Admin, Kafka } from 'kafkajs';
import { BusRefused } from '../bus-errors';
import { contextOf } from './cloud-event';
import type { KafkaSettings } from './kafka-connection';

/** Where the records of a partition begin and where the next one goes. */
export type PartitionBounds = {
  readonly topic: string;
  readonly partition: number;
  readonly low: number;
  readonly high: number;
};

const LEAST_REPLICAS_FOR_A_QUORUM = 3;

/** The topics of the installation: one per context, made with the configured number of partitions. */
export class KafkaTopics {
  private areThere = false;
  private connected: Promise<Admin> | null = null;

  constructor(
    private readonly kafka: Kafka,
    private readonly settings: KafkaSettings,
    private readonly types: readonly string[],
  ) {}

  get names(): readonly string[] {
    return this.topicsOf(this.types);
  }

  topicOf(type: string): string {
    return `${this.settings.prefix}.${contextOf(type)}`;
  }

  topicsOf(types: readonly string[]): readonly string[] {
    return [...new Set(types.map((type) => this.topicOf(type)))].sort();
  }

  /**
   * Makes what is not there yet. Throws BusRefused when a topic has another number of partitions: keys
   * would go elsewhere than before, and their order would be lost.
   */
  async ensure(): Promise<void> {
    if (this.areThere || this.names.length === 0) return;
    await this.asAdmin(async (admin) => {
      const present = new Set(await admin.listTopics());
      await this.create(
        admin,
        this.names.filter((name) => !present.has(name)),
      );
      const { topics } = await admin.fetchTopicMetadata({ topics: [...this.names] });
      for (const { name, partitions } of topics) this.check(name, partitions.length);
    });
    this.areThere = true;
  }

  async close(): Promise<void> {
    const connected = this.connected;
    this.connected = null;
    if (connected !== null) await letGo(connected);
  }

  async bounds(topics: readonly string[]): Promise<readonly PartitionBounds[]> {
    return this.asAdmin(async (admin) => {
      const found = await Promise.all(
        topics.map(async (topic) =>
          (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => ({
            topic,
            partition,
            low: Number(low),
            high: Number(high),
          })),
        ),
      );
      return found.flat();
    });
  }

  private check(topic: string, found: number): void {
    const { partitions } = this.settings;
    if (found === partitions) return;
    throw new BusRefused(
      `the topic ${topic} has ${found} partitions and KAFKA_TOPIC_PARTITIONS says ${partitions}: ` +
        'the order of messages rests on that number; set it to what the topic has',
    );
  }

  private async create(admin: Admin, topics: readonly string[]): Promise<void> {
    if (topics.length === 0) return;
    const { partitions, replicationFactor } = this.settings;
    const configEntries = [
      // A group that is new begins with the first message ever: nothing is cleaned away.
      { name: 'retention.ms', value: '-1' },
      ...(replicationFactor >= LEAST_REPLICAS_FOR_A_QUORUM
        ? [{ name: 'min.insync.replicas', value: String(replicationFactor - 1) }]
        : []),
    ];
    try {
      // Another process that makes the same topics at the same time is no error.
      await admin.createTopics({
        topics: topics.map((topic) => ({
          topic,
          numPartitions: partitions,
          replicationFactor,
          configEntries,
        })),
      });
    } catch (error) {
      const reasons = (error as { errors?: readonly Error[] }).errors ?? [error as Error];
      if (!reasons.some((one) => one.name === 'KafkaJSCreateTopicError')) throw error;
      const told = reasons.map(({ message }) => message).join('; ');
      throw new BusRefused(`the topics ${topics.join(', ')} cannot be made: ${told}`);
    }
  }

  /** One connection is kept; after an error the next one is a new one. */
  private async asAdmin<Result>(work: (admin: Admin) => Promise<Result>): Promise<Result> {
    const connected = (this.connected ??= this.connect());
    try {
      return await work(await connected);
    } catch (error) {
      if (this.connected === connected) this.connected = null;
      await letGo(connected);
      throw error;
    }
  }

  private async connect(): Promise<Admin> {
    const admin = this.kafka.admin();
    await admin.connect();
    return admin;
  }
}

async function letGo(connected: Promise<Admin>): Promise<void> {
  await connected.then((admin) => admin.disconnect()).catch(() => undefined);
}
