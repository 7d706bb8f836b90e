import type { EventStore } from '@encaisse/platform/event-store';
import type { Database } from '@encaisse/platform/postgres';
import { ConsumerGroups } from './consumer-groups';
import { Gate } from './gate';
import type { BusLogger } from './line-of-messages';
import { type Consumer, MessageBus, type ParkedMessage, type Publication } from './message-bus';
import { MessageMapping } from './message-mapping';
import { MessageFailed, MessageTaker } from './message-taker';

export type DurableMessageBusOptions = {
  readonly database: Database;
  readonly store: EventStore;
  readonly logger: BusLogger;
  /** Pauses between the tries of a message; one more try than pauses, then it is parked. */
  readonly retryDelaysMillis?: readonly number[];
};

const RETRY_DELAYS_MILLIS = [50, 200, 500, 1000];
/** Effects may take a connection more each: half of the smallest pool stays free for them. */
const CONCURRENT_TRANSACTIONS = 4;

/** What the adapters share: declarations, groups with their checkpoints, parked messages. */
export abstract class DurableMessageBus extends MessageBus {
  protected readonly mapping = new MessageMapping();
  protected readonly consumers = new Map<string, Consumer>();
  protected readonly groups: ConsumerGroups;
  protected readonly retryDelaysMillis: readonly number[];
  private readonly gate = new Gate(CONCURRENT_TRANSACTIONS);
  private isStarted = false;

  constructor(private readonly common: DurableMessageBusOptions) {
    super();
    this.groups = new ConsumerGroups(common.database);
    this.retryDelaysMillis = common.retryDelaysMillis ?? RETRY_DELAYS_MILLIS;
  }

  override get publications(): readonly Publication[] {
    return this.mapping.all;
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
    const head = await this.common.store.lastPosition();
    for (const { group, from } of this.consumers.values())
      await this.groups.create(group, from === 'now' ? head : 0);
    await this.begin();
  }

  override async stop(): Promise<void> {
    await this.end();
    this.isStarted = false;
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

  /** Begins to take messages. Every group has its row. */
  protected abstract begin(): Promise<void>;
  protected abstract end(): Promise<void>;

  protected takerOf(consumer: Consumer): MessageTaker {
    return new MessageTaker(consumer, this.groups, this.common.database, this.gate);
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

  private refuseWhenStarted(): void {
    if (this.isStarted) throw new Error('the message bus is started already');
  }
}
