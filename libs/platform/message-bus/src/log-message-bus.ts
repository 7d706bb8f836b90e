import type { EventStore } from '@encaisse/platform/event-store';
import type { Database } from '@encaisse/platform/postgres';
import { ConsumerGroups } from './consumer-groups';
import { type BusLogger, ConsumerRunner } from './consumer-runner';
import { Gate } from './gate';
import {
  type Consumer,
  type ConsumerStatus,
  MessageBus,
  type ParkedMessage,
  type Publication,
} from './message-bus';
import { MessageMapping } from './message-mapping';
import { MessageFailed, MessageTaker } from './message-taker';

export type LogMessageBusOptions = {
  readonly database: Database;
  readonly store: EventStore;
  readonly logger: BusLogger;
  /** Pauses between the tries of a message; one more try than pauses, then it is parked. */
  readonly retryDelaysMillis?: readonly number[];
  /** How long a group stands still, with work to do, before a copy that stands by takes over. */
  readonly takeoverMillis?: number;
};

const RETRY_DELAYS_MILLIS = [50, 200, 500, 1000];
const TAKEOVER_MILLIS = 2000;
const CONCURRENT_TRANSACTIONS = 4;

/**
 * Consumer groups that read the event log from their own checkpoint in PostgreSQL (D8). A message's
 * effect and the checkpoint that says it is done are one SQL transaction: whatever is killed, effects
 * are written exactly once. Needs nothing but the database, in one process or in several.
 */
export class LogMessageBus extends MessageBus {
  private readonly mapping = new MessageMapping();
  private readonly consumers = new Map<string, Consumer>();
  private readonly runners = new Map<string, ConsumerRunner>();
  private readonly groups: ConsumerGroups;
  private readonly gate = new Gate(CONCURRENT_TRANSACTIONS);
  private isStarted = false;

  constructor(private readonly options: LogMessageBusOptions) {
    super();
    this.groups = new ConsumerGroups(options.database);
  }

  override publish(publication: Publication): void {
    this.refuseWhenStarted();
    this.mapping.add(publication);
  }

  override subscribe(consumer: Consumer): void {
    this.refuseWhenStarted();
    if (this.consumers.has(consumer.group))
      throw new Error(`two consumers have the group ${consumer.group}`);
    this.consumers.set(consumer.group, consumer);
  }

  override async start(): Promise<void> {
    this.refuseWhenStarted();
    this.isStarted = true;
    const { store, logger } = this.options;
    const settings = {
      retryDelaysMillis: this.options.retryDelaysMillis ?? RETRY_DELAYS_MILLIS,
      takeoverMillis: this.options.takeoverMillis ?? TAKEOVER_MILLIS,
    };
    const head = await store.lastPosition();
    for (const consumer of this.consumers.values()) {
      await this.groups.create(consumer.group, consumer.from === 'now' ? head : 0);
      const { mapping, groups } = this;
      const taker = this.takerOf(consumer);
      const parts = { consumer, mapping, store, groups, taker, logger, settings };
      const runner = new ConsumerRunner(parts);
      this.runners.set(consumer.group, runner);
      runner.start();
    }
  }

  override async stop(): Promise<void> {
    await Promise.all([...this.runners.values()].map((runner) => runner.stop()));
    this.runners.clear();
    this.isStarted = false;
  }

  override async status(): Promise<readonly ConsumerStatus[]> {
    const [positions, parked, head] = await Promise.all([
      this.groups.positions(),
      this.groups.parkedCounts(),
      this.options.store.lastPosition(),
    ]);
    return [...this.consumers.keys()].map((group) => {
      const known = this.runners.get(group)?.known;
      const position = known?.position ?? positions.get(group) ?? 0;
      return {
        group,
        position,
        lag: Math.max(0, head - position),
        parked: parked.get(group) ?? 0,
        state: known?.state ?? 'stopped',
      };
    });
  }

  override parked(group?: string): Promise<readonly ParkedMessage[]> {
    return this.groups.parked({ group });
  }

  override async replayParked(
    selection: { readonly group?: string; readonly key?: string } = {},
  ): Promise<{ readonly replayed: number; readonly stillParked: readonly ParkedMessage[] }> {
    const { group } = selection;
    if (group !== undefined && !this.consumers.has(group))
      throw new Error(`no consumer group is named ${group}`);
    const chosen = await this.groups.parked(selection);
    const keys = new Map(
      chosen.map(({ group: name, message }) => [`${name} ${message.key}`, { name, message }]),
    );
    let replayed = 0;
    for (const { name, message } of keys.values())
      replayed += await this.replayKey(name, message.key);
    return { replayed, stillParked: await this.groups.parked(selection) };
  }

  /** Until the key has nothing parked any more, or its first message fails again. */
  private async replayKey(group: string, key: string): Promise<number> {
    const consumer = this.consumers.get(group);
    if (!consumer) return 0;
    const taker = this.takerOf(consumer);
    for (let replayed = 0; ; replayed += 1) {
      try {
        if ((await taker.takeParked(key)) === null) return replayed;
      } catch (error) {
        if (!(error instanceof MessageFailed)) throw error;
        await this.groups.failedAgain(group, error.placed, error.cause);
        return replayed;
      }
    }
  }

  private takerOf(consumer: Consumer): MessageTaker {
    return new MessageTaker(consumer, this.groups, this.options.database, this.gate);
  }

  private refuseWhenStarted(): void {
    if (this.isStarted) throw new Error('the message bus is started already');
  }
}
