import { setTimeout as wait } from 'node:timers/promises';
import {
  type Consumer as KafkaConsumer,
  type EachBatchPayload,
  type Kafka,
  KafkaJSError,
} from 'kafkajs';
import type { EventStore } from '@encaisse/platform/event-store';
import { BusRefused, CheckpointTaken } from '../bus-errors';
import { type BusLogger, LineOfMessages, type Step } from '../line-of-messages';
import type { ConsumerStatus } from '../message-bus';
import type { MessageTaker } from '../message-taker';
import type { BrokerOutage } from './broker-outage';
import { decodeMessage } from './cloud-event';
import type { GroupProgress } from './group-progress';
import type { KafkaTopics } from './kafka-topics';
import { PartitionCheckpoint, type PartitionCheckpoints } from './partition-checkpoints';

export type GroupTimings = {
  readonly sessionMillis: number;
  readonly heartbeatMillis: number;
  /** How long a broker may hold a request that has nothing to answer. */
  readonly waitMillis: number;
};

export type GroupParts = {
  readonly kafka: Kafka;
  /** Name of the group on the brokers. */
  readonly groupId: string;
  readonly topicNames: readonly string[];
  readonly topics: KafkaTopics;
  /** What was published is in it; what is not was published from a log that is no more. */
  readonly store: EventStore;
  readonly taker: MessageTaker;
  readonly checkpoints: PartitionCheckpoints;
  readonly progress: GroupProgress;
  readonly outage: BrokerOutage;
  readonly logger: BusLogger;
  readonly retryDelaysMillis: readonly number[];
  readonly timings: GroupTimings;
};

const MESSAGES_PER_TRANSACTION = 1500;
const PARTITIONS_AT_ONCE = 3;
const PROGRESS_EVERY_MILLIS = 1000;
const LONGEST_PAUSE_MILLIS = 5000;

type Line = { readonly messages: LineOfMessages; readonly turn: object };

function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

/**
 * Keeps one consumer group of this process going over Kafka. The brokers share partitions out among the
 * copies; where each begins is read from the database, and so is who may go on: a copy that lost a
 * partition finds its checkpoint moved. Nothing is skipped: trouble pauses a partition, and it goes on
 * where it was.
 */
export class KafkaGroupRunner {
  private readonly types: ReadonlySet<string>;
  private readonly stopping = new AbortController();
  private readonly lines = new Map<string, Line>();
  private running: Promise<void> = Promise.resolve();
  private progressTimer: NodeJS.Timeout | undefined;
  /** A new one with every assignment: what belongs to an old one does nothing any more. */
  private turn: object = {};
  private current: ConsumerStatus['state'] = 'standby';
  /** The end of the log when it was last asked for. */
  private head = 0;

  constructor(private readonly parts: GroupParts) {
    this.types = new Set(parts.taker.consumer.types);
  }

  get state(): ConsumerStatus['state'] {
    return this.current;
  }

  start(): void {
    this.running = this.run();
    this.scheduleProgress();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.progressTimer);
    await this.running;
    this.current = 'stopped';
  }

  private async run(): Promise<void> {
    for (let failures = 0; !this.stopping.signal.aborted; failures += 1) {
      try {
        await this.consume(() => (failures = 0));
      } catch (error) {
        this.tell(error as Error);
        await this.pause(Math.min(100 * 2 ** Math.min(failures, 10), LONGEST_PAUSE_MILLIS));
      }
    }
  }

  private async consume(onJoined: () => void): Promise<void> {
    const { topics, topicNames, kafka, timings, groupId, outage } = this.parts;
    await topics.ensure();
    const consumer = kafka.consumer({
      groupId,
      sessionTimeout: timings.sessionMillis,
      rebalanceTimeout: timings.sessionMillis,
      heartbeatInterval: timings.heartbeatMillis,
      maxWaitTimeInMs: timings.waitMillis,
      retry: { retries: 1, initialRetryTime: 100, restartOnFailure: () => Promise.resolve(false) },
    });
    let onStop = (): void => undefined;
    const ended = new Promise<Error | null>((resolve) => {
      consumer.on('consumer.crash', ({ payload }) => resolve(payload.error));
      onStop = () => resolve(null);
      this.stopping.signal.addEventListener('abort', onStop, { once: true });
    });
    consumer.on('consumer.group_join', ({ payload }) => {
      onJoined();
      outage.over();
      this.onAssigned(consumer, payload.memberAssignment);
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topicNames], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
        eachBatch: (payload) => this.onBatch(consumer, payload),
      });
      const error = this.stopping.signal.aborted ? null : await ended;
      if (error !== null) throw error;
    } finally {
      this.stopping.signal.removeEventListener('abort', onStop);
      this.turn = {};
      this.lines.clear();
      await consumer.disconnect().catch(() => undefined);
    }
  }

  /** Nothing is fetched of a partition until the database said where it goes on. */
  private onAssigned(
    consumer: KafkaConsumer,
    assignment: Readonly<Record<string, readonly number[]>>,
  ): void {
    const turn = (this.turn = {});
    this.lines.clear();
    const assigned = Object.entries(assignment).filter(([, partitions]) => partitions.length > 0);
    this.current = assigned.length === 0 ? 'standby' : 'live';
    for (const [topic, partitions] of assigned) {
      consumer.pause([{ topic, partitions: [...partitions] }]);
      void this.load(consumer, topic, partitions, turn);
    }
  }

  /** Tries until the database answers or the assignment is over. */
  private async load(
    consumer: KafkaConsumer,
    topic: string,
    partitions: readonly number[],
    turn: object,
  ): Promise<void> {
    const { checkpoints, taker } = this.parts;
    const isOver = (): boolean => turn !== this.turn || this.stopping.signal.aborted;
    for (let failures = 0; !isOver(); failures += 1) {
      try {
        const offsets = await checkpoints.offsets(taker.consumer.group, topic, partitions);
        await this.checkBounds(topic, offsets);
        if (isOver()) return;
        for (const [partition, offset] of offsets) {
          this.lines.set(keyOf(topic, partition), {
            messages: this.lineOf(topic, partition, offset),
            turn,
          });
          consumer.seek({ topic, partition, offset: String(offset) });
        }
        consumer.resume([{ topic, partitions: [...partitions] }]);
        this.current = 'live';
        return;
      } catch (error) {
        if (!isOver()) this.tell(error as Error);
        await this.pause(Math.min(100 * 2 ** Math.min(failures, 6), LONGEST_PAUSE_MILLIS));
      }
    }
  }

  /** A topic that was made anew, or cleaned, has not what this group was to read next. */
  private async checkBounds(topic: string, offsets: ReadonlyMap<number, number>): Promise<void> {
    for (const { partition, low, high } of await this.parts.topics.bounds([topic])) {
      const next = offsets.get(partition) ?? 0;
      if (next > high || (next < low && next > 0))
        throw new Error(
          `${keyOf(topic, partition)} holds offsets ${low} to ${high} and ${next} is next to be read: ` +
            'the topic was made anew or cleaned',
        );
    }
  }

  private lineOf(topic: string, partition: number, offset: number): LineOfMessages {
    const { taker, logger, retryDelaysMillis } = this.parts;
    const checkpoint = new PartitionCheckpoint(taker.consumer.group, { topic, partition });
    const onState = (state: 'live' | 'retrying'): void => void (this.current = state);
    const stopping = this.stopping.signal;
    return new LineOfMessages(
      { checkpoint, taker, logger, retryDelaysMillis, stopping, onState },
      offset,
    );
  }

  private async onBatch(consumer: KafkaConsumer, payload: EachBatchPayload): Promise<void> {
    const { topic, partition } = payload.batch;
    const line = this.lines.get(keyOf(topic, partition));
    if (line?.turn !== this.turn) return;
    const { heartbeatMillis } = this.parts.timings;
    // An effect may take longer than a session lasts.
    const beating = setInterval(
      () => void payload.heartbeat().catch(() => undefined),
      heartbeatMillis,
    );
    try {
      await this.takeBatch(payload, line.messages);
    } catch (error) {
      if (error instanceof KafkaJSError) throw error;
      await this.haltPartition(consumer, payload, line, error as Error);
    } finally {
      clearInterval(beating);
    }
    // For those who watch lag with the tools of Kafka; nothing here rests on it.
    const offset = String(line.messages.position);
    void consumer.commitOffsets([{ topic, partition, offset }]).catch(() => undefined);
  }

  private async takeBatch(payload: EachBatchPayload, line: LineOfMessages): Promise<void> {
    const { batch } = payload;
    const records = batch.messages.filter(({ offset }) => Number(offset) >= line.position);
    for (let from = 0; from < records.length; from += MESSAGES_PER_TRANSACTION) {
      if (!payload.isRunning() || payload.isStale() || this.stopping.signal.aborted) return;
      const next = records.slice(from, from + MESSAGES_PER_TRANSACTION);
      const steps: Step[] = next.map(({ value, offset }) => {
        const placed = decodeMessage(value, `${keyOf(batch.topic, batch.partition)}/${offset}`);
        const messages = this.types.has(placed.message.type) ? [placed] : [];
        return { to: Number(offset) + 1, messages };
      });
      await this.checkLog(steps);
      await line.take(steps);
      payload.resolveOffset(String(line.position - 1));
      await payload.heartbeat();
    }
  }

  /**
   * A database that was restored to an earlier time has a broker that knows more than the log: its
   * records would take effect for events that never happened.
   */
  private async checkLog(steps: readonly Step[]): Promise<void> {
    const furthest = Math.max(
      0,
      ...steps.flatMap((step) => step.messages).map((one) => one.position),
    );
    if (furthest <= this.head) return;
    this.head = await this.parts.store.lastPosition();
    if (furthest > this.head)
      throw new Error(
        `a record was published from position ${furthest} and the log ends at ${this.head}: the log was ` +
          'restored; begin with topics of their own under another KAFKA_PREFIX',
      );
  }

  /** Fetches nothing more of the partition until the trouble is over, then what was not taken. */
  private async haltPartition(
    consumer: KafkaConsumer,
    payload: EachBatchPayload,
    line: Line,
    error: Error,
  ): Promise<void> {
    const { topic, partition } = payload.batch;
    payload.pause();
    this.lines.delete(keyOf(topic, partition));
    if (!(error instanceof CheckpointTaken)) this.tell(error);
    await this.pause(200);
    void this.load(consumer, topic, [partition], line.turn);
  }

  private scheduleProgress(): void {
    this.progressTimer = setTimeout(() => {
      this.parts.progress
        .advance()
        .catch(() => undefined)
        .finally(() => {
          if (!this.stopping.signal.aborted) this.scheduleProgress();
        });
    }, PROGRESS_EVERY_MILLIS);
  }

  private tell(error: Error): void {
    this.current = 'retrying';
    const { group } = this.parts.taker.consumer;
    if (error instanceof KafkaJSError || error instanceof BusRefused)
      this.parts.outage.began(error);
    else this.parts.logger.error({ group, error: error.message }, 'a consumer is halted');
  }

  private async pause(millis: number): Promise<void> {
    await wait(millis, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
