import { setTimeout as wait } from 'node:timers/promises';
import { categoryOf } from '@encaisse/kernel';
import type { EventStore, RecordedEvent, Subscription } from '@encaisse/platform/event-store';
import type { Database } from '@encaisse/platform/postgres';
import { PositionWaiters } from './position-waiters';
import type { Projection, ProjectionStatus } from './projection';
import { liveSlot, ProjectionStore, type StoredProjection } from './projection-store';
import { rebuildProjection } from './rebuild';

/** The few log calls the platform makes; pino satisfies it. */
export type PlatformLogger = {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
};

const BATCH_SIZE = 1000;
const STANDBY_RETRY_MILLIS = 500;
const QUIET_SAVE_EVERY = 5000;
/** Near the head, events are gathered this long, so that a busy log costs few transactions. */
const GATHER_MILLIS = 100;

class CheckpointTaken extends Error {}

/**
 * Keeps one projection up to date: batch in, rows and checkpoint out in one SQL transaction. Errors
 * halt it where it stands; it tries again with a growing pause and never skips (P4).
 */
export class ProjectionRunner {
  private readonly waiters = new PositionWaiters();
  private readonly categories: ReadonlySet<string>;
  private readonly checkpoints: ProjectionStore;
  private saved = 0;
  private subscription: Subscription | undefined;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private state: ProjectionStatus['state'] = 'starting';
  private error: string | null = null;

  constructor(
    private readonly projection: Projection,
    private readonly store: EventStore,
    private readonly database: Database,
    private readonly logger: PlatformLogger,
  ) {
    this.categories = new Set(projection.categories);
    this.checkpoints = new ProjectionStore(database);
  }

  /** Creates or rebuilds the tables when the version asks for it, then follows the log. */
  async start(): Promise<void> {
    const { name, version } = this.projection;
    const stored = (await this.checkpoints.find(name)) ?? (await this.createOnce());
    if (stored.version > version) throw this.otherVersion(stored.version);
    else if (stored.version < version) {
      this.state = 'rebuilding';
      this.logger.info(
        { projection: name, version },
        'rebuilding a read model of an older version',
      );
      await rebuildProjection(this.projection, this.store, this.database, { onlyWhenOlder: true });
    }
    this.running = this.run();
  }

  /** Copies that start together on an empty database would drop each other's tables. */
  private createOnce(): Promise<StoredProjection> {
    const { name, version } = this.projection;
    return this.database.withAdvisoryLock(`create ${name}`, async () => {
      const stored = await this.checkpoints.find(name);
      if (stored) return stored;
      await this.checkpoints.create(this.projection, liveSlot(this.projection));
      return { version, position: 0 };
    });
  }

  status(head: number): ProjectionStatus {
    const position = this.waiters.current;
    return {
      name: this.projection.name,
      position,
      lag: Math.max(0, head - position),
      state: this.state,
      error: this.error,
    };
  }

  waitFor(position: number, timeoutMillis: number): Promise<boolean> {
    return this.waiters.wait(position, timeoutMillis);
  }

  /**
   * The checkpoint that holds a position, null after the time-out. A crash of the server can take it back:
   * who sums rows up reads it again together with them.
   */
  async checkpointAt(position: number, timeoutMillis: number): Promise<number | null> {
    const isReached = await this.waiters.wait(position, timeoutMillis);
    return isReached ? this.saved : null;
  }

  /**
   * Looks where the tables stand, which may be before what this process has seen. Whoever waits for a
   * position from now on waits until the tables hold it again.
   */
  async lookAgain(): Promise<void> {
    const { subscription } = this;
    await subscription?.close();
    if (this.subscription === subscription) this.waiters.reached(0);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.subscription?.close();
    await this.running;
    if (this.waiters.current > this.saved) await this.saveQuietly(this.waiters.current);
  }

  private async run(): Promise<void> {
    for (let failures = 0; !this.isStopping();) {
      try {
        await this.follow();
        failures = 0;
      } catch (error) {
        failures += 1;
        if (error instanceof CheckpointTaken) this.state = 'standby';
        else this.halt(error as Error);
        await this.pause(Math.min(STANDBY_RETRY_MILLIS * failures, 10_000));
      }
    }
  }

  private async follow(): Promise<void> {
    const { name, version } = this.projection;
    const stored = await this.checkpoints.find(name);
    // A newer release may have made the tables again since this process started.
    if (stored && stored.version !== version) throw this.otherVersion(stored.version);
    const head = await this.store.lastPosition();
    if (stored && stored.position > head)
      throw new Error(
        `checkpoint ${stored.position} is ahead of the log (${head}): the log was restored; run npx encaisse rebuild ${name}`,
      );
    if (this.isStopping()) return;
    this.saved = stored?.position ?? 0;
    this.waiters.reached(this.saved);
    if (this.saved === head && this.state !== 'standby') this.becomeLive();
    this.subscription = this.store.subscribeToAll({
      after: this.saved,
      batchSize: BATCH_SIZE,
      onBatch: (events) => this.onBatch(events),
    });
    await this.subscription.done;
  }

  private async onBatch(events: readonly RecordedEvent[]): Promise<void> {
    const last = events.at(-1);
    if (!last) return;
    const relevant = events.filter(({ streamId }) => this.categories.has(categoryOf(streamId)));
    if (relevant.length > 0) await this.apply(relevant, last.position);
    else if (last.position - this.saved >= QUIET_SAVE_EVERY) await this.saveQuietly(last.position);
    this.becomeLive();
    this.waiters.reached(last.position);
    if (events.length < BATCH_SIZE && relevant.length > 0) await this.waiters.rest(GATHER_MILLIS);
  }

  /** Nothing is left that it could not apply. */
  private becomeLive(): void {
    this.state = 'live';
    this.error = null;
  }

  private async apply(events: readonly RecordedEvent[], position: number): Promise<void> {
    const slot = liveSlot(this.projection);
    await this.database.transaction(async (session) => {
      // Rows and checkpoint are lost together or not at all, and the log can make them again: no need
      // to wait for the disk, which the log itself is waiting for.
      await session.query(
        `set local search_path to ${slot.schema}, public; set local synchronous_commit to off`,
      );
      const isOurs = await this.checkpoints.advance(session, slot, this.saved, position);
      if (!isOurs) throw new CheckpointTaken();
      await this.projection.apply(events, session);
    });
    this.saved = position;
  }

  private async saveQuietly(position: number): Promise<void> {
    const slot = liveSlot(this.projection);
    const isOurs = await this.checkpoints.advance(this.database, slot, this.saved, position);
    if (!isOurs) throw new CheckpointTaken();
    this.saved = position;
  }

  private halt(error: Error): void {
    this.state = 'halted';
    this.error = error.message;
    this.logger.error(
      { projection: this.projection.name, position: this.waiters.current, error: error.message },
      'a projection is halted',
    );
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Ends early when it is to stop. */
  private async pause(millis: number): Promise<void> {
    await wait(millis, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private otherVersion(stored: number): Error {
    return new Error(
      `read model ${this.projection.name} has version ${stored}, this program knows ${this.projection.version}: start the newer program, or run npx encaisse rebuild ${this.projection.name}`,
    );
  }
}
