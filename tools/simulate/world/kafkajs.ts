import type { SimulatedBroker } from './broker';
import { KafkaJSError } from './broker-errors';
import type { SentRecord } from './broker-partition';
import type { Conditions } from './conditions';
import { SimulatedConsumer, type ConsumerOptions } from './kafkajs-consumer';
import type { Machine, SimulatedProcess } from './machine';
import type { Wire } from './wire';

/**
 * The counterpart of the package kafkajs in a simulation: what the product's Kafka adapter calls of it,
 * over the simulated broker.
 */
export { KafkaJSError } from './broker-errors';

export const logLevel = { NOTHING: 0 } as const;

/** How a process reaches the broker. */
export type BrokerAccess = {
  readonly broker: SimulatedBroker;
  readonly process: SimulatedProcess;
  readonly wire: Wire;
  readonly machine: Machine;
  readonly conditions: Conditions;
};

/** By the address a process is given. */
const network = new Map<string, BrokerAccess>();

/** Gives a process an address at which its clients find the broker. */
export function giveAddress(access: BrokerAccess): string {
  network.set(access.process.name, access);
  return access.process.name;
}

/** The broker's own hash does not matter, only that a key always goes to the same partition. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1)
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

type PartitionerInput = {
  readonly partitionMetadata: readonly unknown[];
  readonly message: { readonly key: string };
};

export const Partitioners = {
  DefaultPartitioner:
    () =>
    ({ partitionMetadata, message }: PartitionerInput): number =>
      hashOf(message.key) % partitionMetadata.length,
};

class SimulatedAdmin {
  constructor(private readonly access: BrokerAccess) {}

  async connect(): Promise<void> {
    await this.listTopics();
  }

  disconnect(): Promise<void> {
    return Promise.resolve();
  }

  listTopics(): Promise<readonly string[]> {
    return this.ask((broker) => broker.topicNames());
  }

  createTopics({
    topics,
  }: {
    readonly topics: readonly { readonly topic: string; readonly numPartitions: number }[];
  }): Promise<void> {
    return this.ask((broker) => {
      for (const { topic, numPartitions } of topics) broker.create(topic, numPartitions);
    });
  }

  fetchTopicMetadata({ topics }: { readonly topics: readonly string[] }): Promise<object> {
    return this.ask((broker) => ({
      topics: topics.map((name) => ({ name, partitions: [...broker.partitions(name)] })),
    }));
  }

  fetchTopicOffsets(topic: string): Promise<readonly object[]> {
    return this.ask((broker) =>
      broker.partitions(topic).map(({ partition, records }) => {
        const high = String(records.length);
        return { partition, offset: high, high, low: '0' };
      }),
    );
  }

  private ask<Answer>(serve: (broker: SimulatedBroker) => Answer): Promise<Answer> {
    const { wire, process, broker } = this.access;
    return wire.ask(process, () => serve(broker));
  }
}

type OutgoingRecord = SentRecord & { readonly partition: number };
type TopicMessages = { readonly topic: string; readonly messages: readonly OutgoingRecord[] };

/** How long a client waits before it sends the same batch again; the product asks for one retry. */
const RETRY_MILLIS = 100;
const LONGEST_CRASH_DELAY_MILLIS = 100;

class SimulatedProducer {
  private producerId = 0;
  private readonly sequences = new Map<string, number>();

  constructor(private readonly access: BrokerAccess) {}

  async connect(): Promise<void> {
    const { wire, process, broker } = this.access;
    this.producerId = await wire.ask(process, () => broker.newProducer());
  }

  disconnect(): Promise<void> {
    return Promise.resolve();
  }

  /** One request per partition: some may be stored and others not. */
  async sendBatch({
    topicMessages,
  }: {
    readonly topicMessages: readonly TopicMessages[];
  }): Promise<readonly object[]> {
    const answers = await Promise.all(
      topicMessages.flatMap(({ topic, messages }) =>
        [...new Set(messages.map(({ partition }) => partition))].map((partition) =>
          this.send(
            topic,
            partition,
            messages.filter((one) => one.partition === partition),
          ),
        ),
      ),
    );
    this.crashPerhaps();
    return answers;
  }

  private async send(
    topic: string,
    partition: number,
    messages: readonly OutgoingRecord[],
  ): Promise<object> {
    const key = `${topic}/${partition}`;
    const sequence = this.sequences.get(key) ?? 0;
    const { wire, process, broker, machine } = this.access;
    const records = messages.map(({ key: recordKey, value }) => ({ key: recordKey, value }));
    const ask = () =>
      wire.ask(process, () =>
        broker.produce(this.producerId, sequence, { topic, partition }, records),
      );
    const base = await ask().catch(async (error: unknown) => {
      if (!(error instanceof KafkaJSError)) throw error;
      await new Promise<void>((resolve) => machine.in(RETRY_MILLIS, process, resolve));
      return ask();
    });
    this.sequences.set(key, sequence + records.length);
    return { topicName: topic, partition, errorCode: 0, baseOffset: String(base) };
  }

  /** F4: what is published stays published, and the process ends before it has noted so. */
  private crashPerhaps(): void {
    const { conditions, machine, wire, process } = this.access;
    if (!conditions.strikes('F4', conditions.crashAfterPublish)) return;
    const after = conditions.chance.spread(1, LONGEST_CRASH_DELAY_MILLIS);
    machine.in(after, null, () => wire.crash(process));
  }
}

export class Kafka {
  private readonly access: BrokerAccess;

  constructor({ brokers }: { readonly brokers: readonly string[] }) {
    const access = network.get(brokers[0] ?? '');
    if (!access) throw new KafkaJSError(`nobody listens at ${brokers.join(', ')}`);
    this.access = access;
  }

  admin(): SimulatedAdmin {
    return new SimulatedAdmin(this.access);
  }

  producer(): SimulatedProducer {
    return new SimulatedProducer(this.access);
  }

  consumer(options: ConsumerOptions): SimulatedConsumer {
    return new SimulatedConsumer(this.access, options);
  }
}
