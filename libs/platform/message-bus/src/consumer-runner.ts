import type { EventStore, RecordedEvent, Subscription } from '@encaisse/platform/event-store';
import { setTimeout as wait } from 'node:timers/promises';
import { CheckpointTaken } from './bus-errors';
import { LogCheckpoint } from './checkpoint';
import type { ConsumerGroups } from './consumer-groups';
import { type BusLogger, LineOfMessages, type Step } from './line-of-messages';
import type { Consumer, ConsumerStatus } from './message-bus';
import type { MessageMapping } from './message-mapping';
import type { MessageTaker } from './message-taker';

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
  private readonly line: LineOfMessages;
  private seen = 0;

  constructor(private readonly parts: RunnerParts) {
    const { consumer, groups, taker, logger, settings } = parts;
    this.types = new Set(consumer.types);
    const lineParts = {
      checkpoint: new LogCheckpoint(consumer.group, groups),
      taker,
      logger,
      retryDelaysMillis: settings.retryDelaysMillis,
      stopping: this.stopping.signal,
      onState: (state: ConsumerStatus['state']) => {
        this.state = state;
      },
    };
    this.line = new LineOfMessages(lineParts, 0);
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
    let isTaken = false;
    for (let failures = 0; !this.stopping.signal.aborted;) {
      try {
        if (isTaken) await this.standBy();
        isTaken = false;
        await this.follow();
        failures = 0;
      } catch (error) {
        isTaken = error instanceof CheckpointTaken;
        if (isTaken) failures = 0;
        else {
          failures += 1;
          this.complain(error);
          await this.pause(Math.min(100 * 2 ** Math.min(failures, 10), LONGEST_PAUSE_MILLIS));
        }
      }
    }
  }

  private async follow(): Promise<void> {
    const { groups, store, consumer } = this.parts;
    const saved = await groups.positionOf(consumer.group);
    this.line.moveTo(saved);
    this.seen = saved;
    const head = await store.lastPosition();
    if (saved > head)
      throw new Error(`checkpoint ${saved} is ahead of the log (${head}): it was restored`);
    if (this.stopping.signal.aborted) return;
    this.subscription = store.subscribeToAll({
      after: saved,
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
      const steps: Step[] = [];
      let count = 0;
      for (; index < perEvent.length && count < MESSAGES_PER_TRANSACTION; index += 1) {
        const messages = perEvent[index]!;
        steps.push({ to: messages.at(-1)!.position, messages });
        count += messages.length;
      }
      await this.line.take(steps);
      this.seen = this.line.position;
    }
    // A stop may come while a message is tried again: what was not taken is not passed over.
    if (this.line.position < (perEvent.at(-1)?.at(-1)?.position ?? 0)) return;
    this.seen = last.position;
    this.state = 'live';
    if (this.seen - this.line.position >= QUIET_SAVE_EVERY_EVENTS) await this.saveQuietly();
    else if (this.seen > this.line.position) this.scheduleQuietSave();
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
    const saved = this.line.position;
    if (this.seen <= saved) return;
    const { groups, consumer } = this.parts;
    const isOurs = await groups.move(consumer.group, saved, this.seen);
    if (!isOurs) throw new CheckpointTaken();
    this.line.moveTo(this.seen);
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
    this.parts.logger.error(
      { group, position: this.line.position, error: text },
      'a consumer is halted',
    );
  }

  private async pause(millis: number): Promise<void> {
    await wait(millis, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
