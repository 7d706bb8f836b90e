import {
  type Kafka,
  type Message as KafkaRecord,
  type PartitionMetadata,
  Partitioners,
  type Producer,
  type RecordMetadata,
} from 'kafkajs';
import type { PlacedMessage } from '../consumer-groups';
import { CLOUD_EVENT_HEADERS, encodeMessage } from './cloud-event';
import type { KafkaTopics } from './kafka-topics';

/** The broker acknowledged what it cannot have stored. */
export class AcknowledgementDoubted extends Error {}

/** The records of one request that go to one partition. */
type PartitionBatch = {
  readonly topic: string;
  readonly partition: number;
  readonly records: KafkaRecord[];
};

function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

/**
 * Publishes in order: one batch per partition at a time, acknowledged by every replica in sync. An
 * acknowledgement must begin where the last one ended or later; a client that loses records under one
 * acknowledgement is found out before anything rests on it. After any error a new one is opened.
 */
export class OrderedProducer {
  private readonly partitionOf = Partitioners.DefaultPartitioner();
  private readonly partitionMetadata: PartitionMetadata[];

  private constructor(
    private readonly producer: Producer,
    private readonly topics: KafkaTopics,
    partitions: number,
    /** The least offset the next record of a partition may get. */
    private readonly ends: Map<string, number>,
  ) {
    this.partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
      partitionId,
      partitionErrorCode: 0,
      leader: 0,
      replicas: [],
      isr: [],
    }));
  }

  static async open(
    kafka: Kafka,
    topics: KafkaTopics,
    partitions: number,
  ): Promise<OrderedProducer> {
    const bounds = await topics.bounds(topics.names);
    const ends = new Map(
      bounds.map(({ topic, partition, high }) => [keyOf(topic, partition), high]),
    );
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      // The same sequence numbers once more: the broker tells a repetition by them.
      retry: { retries: 1, initialRetryTime: 100 },
    });
    await producer.connect();
    return new OrderedProducer(producer, topics, partitions, ends);
  }

  /** Resolves once all of them are stored. */
  async send(messages: readonly PlacedMessage[]): Promise<void> {
    const batches = this.perPartition(messages);
    const answers = await this.producer.sendBatch({
      acks: -1,
      topicMessages: batches.map(({ topic, records }) => ({ topic, messages: records })),
    });
    for (const batch of batches) this.check(batch, answers);
  }

  async close(): Promise<void> {
    await this.producer.disconnect();
  }

  private perPartition(messages: readonly PlacedMessage[]): readonly PartitionBatch[] {
    const batches = new Map<string, PartitionBatch>();
    for (const placed of messages) {
      const { key, type } = placed.message;
      const topic = this.topics.topicOf(type);
      const partition = this.partitionOf({
        topic,
        partitionMetadata: this.partitionMetadata,
        message: { key, value: null },
      });
      const name = keyOf(topic, partition);
      const batch = batches.get(name) ?? { topic, partition, records: [] };
      batches.set(name, batch);
      const value = encodeMessage(placed);
      batch.records.push({ key, value, partition, headers: CLOUD_EVENT_HEADERS });
    }
    return [...batches.values()];
  }

  private check(batch: PartitionBatch, answers: readonly RecordMetadata[]): void {
    const { topic, partition, records } = batch;
    const answer = answers.find((one) => one.topicName === topic && one.partition === partition);
    const base = Number(answer?.baseOffset ?? Number.NaN);
    const least = this.ends.get(keyOf(topic, partition)) ?? 0;
    if (answer?.errorCode !== 0 || !(base >= least))
      throw new AcknowledgementDoubted(
        `${records.length} records for ${keyOf(topic, partition)} were acknowledged ` +
          `at ${answer?.baseOffset ?? 'no offset'}, and ${least} was the least possible`,
      );
    this.ends.set(keyOf(topic, partition), base + records.length);
  }
}
