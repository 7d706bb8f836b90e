import { setTimeout as wait } from 'node:timers/promises';
import type { EventStore, RecordedEvent } from '@encaisse/platform/event-store';
import { fence, type Lease, LeaseLost } from '@encaisse/platform/leases';
import type { Database } from '@encaisse/platform/postgres';
import { KafkaJSError } from 'kafkajs';
import { BusRefused } from '../bus-errors';
import type { ConsumerGroups, PlacedMessage } from '../consumer-groups';
import type { BusLogger } from '../line-of-messages';
import type { MessageMapping } from '../message-mapping';
import type { BrokerOutage } from './broker-outage';
import type { KafkaTopics } from './kafka-topics';
import { AcknowledgementDoubted } from './ordered-producer';
import { type PublishedTypes, TypesUnknown } from './published-types';

/** The row that keeps how far the log was published. */
export const RELAY_GROUP = 'kafka.relay';

/** What the relay needs of a producer. */
export type Publisher = {
  send(messages: readonly PlacedMessage[]): Promise<void>;
  close(): Promise<void>;
};

export type RelayParts = {
  readonly store: EventStore;
  readonly database: Database;
  readonly groups: ConsumerGroups;
  readonly mapping: MessageMapping;
  readonly topics: KafkaTopics;
  readonly types: PublishedTypes;
  readonly outage: BrokerOutage;
  readonly logger: BusLogger;
  openPublisher(): Promise<Publisher>;
};

const BATCH_SIZE = 1000;
/** A checkpoint may lie behind what was published: consumers know what comes twice. */
const SAVE_EVERY_MILLIS = 50;
const LONGEST_PAUSE_MILLIS = 2000;

/**
 * Reads the log after its checkpoint and publishes what the publications make of it, under a lease: the
 * acknowledgement first, the checkpoint after it, voided by the fence when the lease was lost meanwhile.
 */
export class Relay {
  private acknowledged = 0;
  private saved = 0;
  private sending: Promise<void> = Promise.resolve();
  private saving: Promise<void> = Promise.resolve();
  private saveTimer: NodeJS.Timeout | undefined;
  private isWaiting = false;

  constructor(private readonly parts: RelayParts) {}

  get state(): 'relaying' | 'waiting' {
    return this.isWaiting ? 'waiting' : 'relaying';
  }

  /** Until the lease ends. Throws TypesUnknown when this process must leave it to another. */
  async run(lease: Lease): Promise<void> {
    for (let failures = 0; lease.isHeld; failures += 1) {
      const before = this.acknowledged;
      try {
        await this.follow(lease);
      } catch (error) {
        if (error instanceof TypesUnknown) throw error;
        if (error instanceof LeaseLost) return;
        if (this.acknowledged > before) failures = 0;
        this.tell(error as Error);
        const millis = Math.min(100 * 2 ** Math.min(failures, 10), LONGEST_PAUSE_MILLIS);
        await wait(millis, undefined, { signal: lease.signal }).catch(() => undefined);
      }
    }
  }

  private async follow(lease: Lease): Promise<void> {
    const { topics, groups, store, outage, types } = this.parts;
    await types.assertAllKnown();
    await topics.ensure();
    this.saved = await groups.positionOf(RELAY_GROUP);
    this.acknowledged = this.saved;
    this.sending = Promise.resolve();
    this.saving = Promise.resolve();
    const head = await store.lastPosition();
    if (this.saved > head)
      throw new Error(`checkpoint ${this.saved} is ahead of the log (${head}): it was restored`);
    const publisher = await this.parts.openPublisher();
    outage.over();
    this.isWaiting = false;
    try {
      await this.publishFrom(publisher, lease);
    } finally {
      clearTimeout(this.saveTimer);
      this.saveTimer = undefined;
      await this.saving.catch(() => undefined);
      await publisher.close().catch(() => undefined);
    }
  }

  private async publishFrom(publisher: Publisher, lease: Lease): Promise<void> {
    let fail = (_error: unknown): void => undefined;
    const failed = new Promise<never>((_resolve, reject) => (fail = reject));
    const subscription = this.parts.store.subscribeToAll({
      after: this.saved,
      batchSize: BATCH_SIZE,
      onBatch: (events) => this.publish(events, publisher, lease, fail),
    });
    const onEnd = (): void => void subscription.close();
    lease.signal.addEventListener('abort', onEnd, { once: true });
    if (lease.signal.aborted) onEnd();
    try {
      await Promise.race([subscription.done, failed]);
      await this.sending;
      await this.save(lease);
    } finally {
      lease.signal.removeEventListener('abort', onEnd);
      await subscription.close();
      await subscription.done.catch(() => undefined);
      await this.sending.catch(() => undefined);
    }
  }

  private async publish(
    events: readonly RecordedEvent[],
    publisher: Publisher,
    lease: Lease,
    fail: (error: unknown) => void,
  ): Promise<void> {
    const last = events.at(-1);
    const messages = events.flatMap((event) => this.parts.mapping.placed(event));
    // One batch is under way while the next one is read, never two.
    await this.sending;
    if (!last || lease.signal.aborted) return;
    lease.assertHeld();
    this.sending = messages.length > 0 ? publisher.send(messages) : Promise.resolve();
    this.sending = this.sending.then(() => this.onAcknowledged(last.position, lease, fail));
    this.sending.catch(fail);
  }

  private onAcknowledged(position: number, lease: Lease, fail: (error: unknown) => void): void {
    this.acknowledged = position;
    this.saveTimer ??= setTimeout(() => {
      this.saveTimer = undefined;
      this.save(lease).catch(fail);
    }, SAVE_EVERY_MILLIS);
  }

  private save(lease: Lease): Promise<void> {
    this.saving = this.saving.then(() => this.saveNow(lease));
    return this.saving;
  }

  private async saveNow(lease: Lease): Promise<void> {
    const { database, groups, types } = this.parts;
    const to = this.acknowledged;
    const from = this.saved;
    if (to <= from) return;
    await database.transaction(async (session) => {
      await fence(session, lease);
      // A type that was registered before its first event was recorded is seen here, before that event
      // is passed over for good.
      await types.assertAllKnown(session);
      if (!(await groups.advance(RELAY_GROUP, from, to, session)))
        throw new Error('the checkpoint of the relay was moved by another');
    });
    this.saved = to;
  }

  private tell(error: Error): void {
    this.isWaiting = true;
    const isOfBroker =
      error instanceof KafkaJSError ||
      error instanceof BusRefused ||
      error instanceof AcknowledgementDoubted;
    if (isOfBroker) this.parts.outage.began(error);
    else this.parts.logger.error({ error: error.message }, 'the relay waits');
  }
}
