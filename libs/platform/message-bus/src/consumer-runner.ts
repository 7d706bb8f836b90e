import type { EventStore, RecordedEvent, Subscription } from '@encaisse/platform/event-store';
import { setTimeout as wait } from 'node:timers/promises';
import { CheckpointTaken } from './bus-errors';
import type { ConsumerGroups, PlacedMessage } from './consumer-groups';
import type { Consumer, ConsumerStatus } from './message-bus';
import type { MessageMapping } from './message-mapping';
import { MessageFailed, type MessageTaker, type Refused } from './message-taker';

/** The few log calls the bus makes; pino satisfies it. */
export type BusLogger = {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
};

export type RunnerSettings = {
  /** Pauses between the tries of a message; one more try than pauses, then it is parked. */
  readonly retryDelaysMillis: readonly number[];
  /** How long a group stands still, with work to do, before a copy that stands by takes over. */
  readonly takeoverMillis: number;
};

export type RunnerParts = {
  readonly consumer: Consumer;
  readonly mapping: MessageMapping;
  readonly store: EventStore;
  readonly groups: ConsumerGroups;
  readonly taker: MessageTaker;
  readonly logger: BusLogger;
  readonly settings: RunnerSettings;
};

const BATCH_SIZE = 500;
const MESSAGES_PER_TRANSACTION = 100;
const QUIET_SAVE_EVERY_EVENTS = 1000;
const QUIET_SAVE_EVERY_MILLIS = 1000;
const LONGEST_PAUSE_MILLIS = 5000;
const STANDBY_LOOK_MILLIS = 250;

/**
 * Keeps one consumer group of this process going: stretches of the log in, effects and checkpoint out.
 * Of several copies the first to move the checkpoint works, the others stand by. Trouble of the database
 * is waited out for ever; a message is never skipped (P4, P5).
 */
export class ConsumerRunner {
  private readonly types: ReadonlySet<string>;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private subscription: Subscription | undefined;
  private turn: Promise<void> = Promise.resolve();
  private quietSave: NodeJS.Timeout | undefined;
  private state: ConsumerStatus['state'] = 'stopped';
  private saved = 0;
  private seen = 0;

  constructor(private readonly parts: RunnerParts) {
    this.types = new Set(parts.consumer.types);
  }

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.subscription?.close();
    await this.running;
    this.state = 'stopped';
  }

  /** What this copy knows; null when only the database does. */
  get known(): { readonly state: ConsumerStatus['state']; readonly position: number | null } {
    return { state: this.state, position: this.state === 'live' ? this.seen : null };
  }

  private async run(): Promise<void> {
    for (let failures = 0; !this.stopping.signal.aborted;) {
      try {
        await this.follow();
        failures = 0;
      } catch (error) {
        if (error instanceof CheckpointTaken) {
          failures = 0;
          await this.standBy();
        } else {
          failures += 1;
          this.complain(error);
          await this.pause(Math.min(100 * 2 ** Math.min(failures, 10), LONGEST_PAUSE_MILLIS));
        }
      }
    }
  }

  private async follow(): Promise<void> {
    const { groups, store, consumer } = this.parts;
    this.saved = await groups.positionOf(consumer.group);
    this.seen = this.saved;
    const head = await store.lastPosition();
    if (this.saved > head)
      throw new Error(`checkpoint ${this.saved} is ahead of the log (${head}): it was restored`);
    if (this.stopping.signal.aborted) return;
    this.subscription = store.subscribeToAll({
      after: this.saved,
      batchSize: BATCH_SIZE,
      onBatch: (events) => this.inTurn(() => this.onBatch(events)),
    });
    if (this.state !== 'retrying') this.state = 'live';
    try {
      await this.subscription.done;
    } finally {
      clearTimeout(this.quietSave);
      this.quietSave = undefined;
    }
    await this.inTurn(() => this.saveQuietly());
  }

  private async onBatch(events: readonly RecordedEvent[]): Promise<void> {
    const last = events.at(-1);
    if (!last) return;
    const perEvent = this.parts.mapping.select(events, this.types);
    for (let index = 0; index < perEvent.length;) {
      if (this.stopping.signal.aborted) return;
      const stretch: PlacedMessage[][] = [];
      let count = 0;
      for (; index < perEvent.length && count < MESSAGES_PER_TRANSACTION; index += 1) {
        stretch.push([...perEvent[index]!]);
        count += perEvent[index]!.length;
      }
      await this.takeStretch(stretch);
    }
    this.seen = last.position;
    this.state = 'live';
    if (this.seen - this.saved >= QUIET_SAVE_EVERY_EVENTS) await this.saveQuietly();
    else if (this.seen > this.saved) this.scheduleQuietSave();
  }

  /** All at once; one event after the other when an effect fails, so that the others go on. */
  private async takeStretch(perEvent: readonly (readonly PlacedMessage[])[]): Promise<void> {
    try {
      await this.takeAll(perEvent.flat());
      return;
    } catch (error) {
      if (!(error instanceof MessageFailed)) throw error;
    }
    for (const messages of perEvent) {
      if (this.stopping.signal.aborted) return;
      await this.takeWithRetries(messages);
    }
  }

  private async takeAll(messages: readonly PlacedMessage[], refused?: Refused): Promise<void> {
    const to = messages.at(-1)?.position ?? this.saved;
    await this.parts.taker.take({ from: this.saved, to, messages }, refused);
    this.saved = to;
    this.seen = to;
    this.state = 'live';
  }

  private async takeWithRetries(messages: readonly PlacedMessage[]): Promise<void> {
    const { retryDelaysMillis } = this.parts.settings;
    for (let attempts = 1; !this.stopping.signal.aborted; attempts += 1) {
      try {
        await this.takeAll(messages);
        return;
      } catch (error) {
        if (!(error instanceof MessageFailed)) throw error;
        const delay = retryDelaysMillis[attempts - 1];
        if (delay === undefined) {
          await this.park(messages, { placed: error.placed, attempts, error: error.cause });
          return;
        }
        this.state = 'retrying';
        await this.pause(delay);
      }
    }
  }

  private async park(messages: readonly PlacedMessage[], refused: Refused): Promise<void> {
    await this.takeAll(messages, refused);
    const { message } = refused.placed;
    this.parts.logger.error(
      {
        group: this.parts.consumer.group,
        messageId: message.id,
        messageType: message.type,
        key: message.key,
        attempts: refused.attempts,
        error: refused.error instanceof Error ? refused.error.message : String(refused.error),
      },
      'a message is parked; later ones of its key wait behind it (npx encaisse parked list)',
    );
  }

  /** Waits until the group has work to do and nobody does it. */
  private async standBy(): Promise<void> {
    const { groups, store, consumer, settings } = this.parts;
    this.state = 'standby';
    let position = -1;
    let stillSince = performance.now();
    while (!this.stopping.signal.aborted) {
      await this.pause(Math.min(STANDBY_LOOK_MILLIS, settings.takeoverMillis));
      const now = await groups.positionOf(consumer.group);
      if (now !== position || (await store.lastPosition()) === now) stillSince = performance.now();
      position = now;
      if (performance.now() - stillSince >= settings.takeoverMillis) return;
    }
  }

  private scheduleQuietSave(): void {
    this.quietSave ??= setTimeout(() => {
      this.quietSave = undefined;
      this.inTurn(() => this.saveQuietly()).catch(() => this.subscription?.close());
    }, QUIET_SAVE_EVERY_MILLIS);
  }

  /** Tells the others how far the log was read when it held nothing for this group. */
  private async saveQuietly(): Promise<void> {
    if (this.seen <= this.saved) return;
    const { groups, consumer } = this.parts;
    const isOurs = await groups.move(consumer.group, this.saved, this.seen);
    if (!isOurs) throw new CheckpointTaken();
    this.saved = this.seen;
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private complain(error: unknown): void {
    this.state = 'retrying';
    const { group } = this.parts.consumer;
    const text = error instanceof Error ? error.message : String(error);
    this.parts.logger.error({ group, position: this.saved, error: text }, 'a consumer is halted');
  }

  private async pause(millis: number): Promise<void> {
    await wait(millis, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
