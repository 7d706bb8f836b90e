import type { Fetched, Place, Wanted } from './broker';
import { KafkaJSError, Rebalanced } from './broker-errors';
import type { Joined } from './broker-group';
import type { BrokerAccess } from './kafkajs';

export type ConsumerOptions = {
  readonly groupId: string;
  readonly sessionTimeout: number;
  readonly maxWaitTimeInMs: number;
};

type TopicPartitions = { readonly topic: string; readonly partitions: readonly number[] };
type RunOptions = {
  readonly partitionsConsumedConcurrently: number;
  eachBatch(payload: object): Promise<void>;
};
type Listener = (event: { readonly payload: object }) => void;

/** Where a partition is read next. A seek makes what was fetched before it stale. */
type Reading = Place & { offset: number; isPaused: boolean; turn: number };

function keyOf({ topic, partition }: Place): string {
  return `${topic}/${partition}`;
}

/** One member of a group, reading the partitions it was given. */
export class SimulatedConsumer {
  private readonly listeners = new Map<string, Listener>();
  private readings = new Map<string, Reading>();
  private topics: readonly string[] = [];
  private joined: Joined | null = null;
  private isStopped = false;
  private looping: Promise<void> = Promise.resolve();

  constructor(
    private readonly access: BrokerAccess,
    private readonly options: ConsumerOptions,
  ) {}

  on(name: string, listener: Listener): void {
    this.listeners.set(name, listener);
  }

  async connect(): Promise<void> {
    await this.ask(() => this.access.broker.topicNames());
  }

  subscribe({ topics }: { readonly topics: readonly string[] }): Promise<void> {
    this.topics = topics;
    return Promise.resolve();
  }

  async run(options: RunOptions): Promise<void> {
    await this.join();
    this.looping = this.loop(options);
  }

  pause(places: readonly TopicPartitions[]): void {
    this.mark(places, true);
  }

  resume(places: readonly TopicPartitions[]): void {
    this.mark(places, false);
  }

  seek({ offset, ...place }: Place & { readonly offset: string }): void {
    const reading = this.readings.get(keyOf(place));
    if (!reading) return;
    reading.offset = Number(offset);
    reading.turn += 1;
  }

  /** Nothing rests on offsets the broker keeps: the product reads its own. */
  commitOffsets(): Promise<void> {
    return this.ask(() => undefined);
  }

  async disconnect(): Promise<void> {
    this.isStopped = true;
    await this.looping;
    const { joined } = this;
    if (joined === null) return;
    this.joined = null;
    await this.ask(() => this.access.broker.leave(this.membership(joined)));
  }

  private mark(places: readonly TopicPartitions[], isPaused: boolean): void {
    for (const { topic, partitions } of places)
      for (const partition of partitions) {
        const reading = this.readings.get(keyOf({ topic, partition }));
        if (reading) reading.isPaused = isPaused;
      }
  }

  private ask<Answer>(serve: () => Answer | Promise<Answer>): Promise<Answer> {
    return this.access.wire.ask(this.access.process, serve);
  }

  private membership({ memberId, generation }: Joined) {
    return { group: this.options.groupId, memberId, generation };
  }

  private async join(): Promise<void> {
    const { groupId, sessionTimeout } = this.options;
    const known = this.joined?.memberId ?? null;
    const { broker } = this.access;
    const joined = await this.ask(() => broker.join(groupId, known, this.topics, sessionTimeout));
    this.joined = joined;
    this.readings = new Map();
    for (const [topic, partitions] of Object.entries(joined.assignment))
      for (const partition of partitions) {
        const reading = { topic, partition, offset: 0, isPaused: false, turn: 0 };
        this.readings.set(keyOf(reading), reading);
      }
    this.tell('consumer.group_join', { memberAssignment: joined.assignment });
  }

  private tell(name: string, payload: object): void {
    this.listeners.get(name)?.({ payload });
  }

  private async loop(options: RunOptions): Promise<void> {
    while (!this.isStopped) {
      try {
        await this.poll(options);
      } catch (error) {
        if (error instanceof Rebalanced && (await this.hasRejoined())) continue;
        this.tell('consumer.crash', { error });
        return;
      }
    }
  }

  private async hasRejoined(): Promise<boolean> {
    try {
      if (!this.isStopped) await this.join();
      return true;
    } catch (error) {
      if (error instanceof KafkaJSError) return false;
      throw error;
    }
  }

  private async poll(options: RunOptions): Promise<void> {
    const joined = this.joined!;
    const reading = [...this.readings.values()].filter(({ isPaused }) => !isPaused);
    const wanted: Wanted[] = reading.map((one) => ({ ...one }));
    const turns = new Map(reading.map((one) => [keyOf(one), one.turn]));
    const { broker } = this.access;
    const { maxWaitTimeInMs } = this.options;
    const fetched = await this.ask(() =>
      broker.fetch(this.membership(joined), wanted, maxWaitTimeInMs),
    );
    const queue = [...fetched];
    const work = async (): Promise<void> => {
      for (let one = queue.shift(); one !== undefined; one = queue.shift())
        await this.deliver(one, turns.get(keyOf(one))!, options);
    };
    const workers = Array.from({ length: options.partitionsConsumedConcurrently }, work);
    const ended = await Promise.allSettled(workers);
    const failed = ended.find((one): one is PromiseRejectedResult => one.status === 'rejected');
    if (failed) throw failed.reason;
  }

  private async deliver(fetched: Fetched, turn: number, options: RunOptions): Promise<void> {
    const { topic, partition, offset, records } = fetched;
    const reading = this.readings.get(keyOf(fetched));
    const joined = this.joined!;
    const isStale = (): boolean =>
      reading === undefined || reading.turn !== turn || this.joined !== joined;
    if (reading === undefined || reading.isPaused || isStale() || this.isStopped) return;
    const messages = records.map(({ key, value }, index) => ({
      key: Buffer.from(key),
      value: Buffer.from(value),
      offset: String(offset + index),
    }));
    await options.eachBatch({
      batch: { topic, partition, messages },
      isRunning: () => !this.isStopped,
      isStale,
      pause: () => void (reading.isPaused = true),
      resolveOffset: (last: string) => {
        if (!isStale()) reading.offset = Number(last) + 1;
      },
      heartbeat: () => this.ask(() => this.access.broker.heartbeat(this.membership(joined))),
    });
  }
}
