import type { Position, RecordedEvent, SubscribeOptions, Subscription } from './event-store';

/** Where a subscription gets its events from. */
export type SubscriptionSource = {
  /** What comes after a position, in order and without gaps; empty when there is nothing yet. */
  read(after: Position, limit: number, signal: AbortSignal): Promise<readonly RecordedEvent[]>;
  /** Resolves once something may lie after the position, or when the signal is aborted. */
  changed(after: Position, signal: AbortSignal): Promise<void>;
};

const DEFAULT_BATCH_SIZE = 500;

/** Reads what was missed in batches, then goes on with what comes, one batch at a time. */
export class CatchUpSubscription implements Subscription {
  readonly done: Promise<void>;
  private readonly stop = new AbortController();

  constructor(
    private readonly source: SubscriptionSource,
    private readonly options: SubscribeOptions,
  ) {
    this.done = this.run();
  }

  async close(): Promise<void> {
    this.stop.abort();
    // Whoever awaits `done` learns of a failure; closing only waits for the end.
    await this.done.catch(() => undefined);
  }

  private async run(): Promise<void> {
    const { signal } = this.stop;
    const limit = this.options.batchSize ?? DEFAULT_BATCH_SIZE;
    let after = this.options.after;
    let reading = this.readAfter(after, limit);
    while (!this.isStopped()) {
      const events = await reading;
      if (this.isStopped()) return;
      const last = events.at(-1);
      if (last === undefined) {
        await this.source.changed(after, signal);
        reading = this.readAfter(after, limit);
        continue;
      }
      after = last.position;
      // A full batch has others behind it: the next one is read while this one is handled.
      const isFull = events.length >= limit;
      if (isFull) reading = this.readAfter(after, limit);
      await this.options.onBatch(events);
      if (!isFull) reading = this.readAfter(after, limit);
    }
  }

  /** A failure is told when the events are taken, not while the batch before them is handled. */
  private readAfter(after: Position, limit: number): Promise<readonly RecordedEvent[]> {
    const reading = this.source.read(after, limit, this.stop.signal);
    reading.catch(() => undefined);
    return reading;
  }

  private isStopped(): boolean {
    return this.stop.signal.aborted;
  }
}

/** The subscriptions of one store that have not ended. */
export class OpenSubscriptions {
  private readonly open = new Set<Subscription>();

  get count(): number {
    return this.open.size;
  }

  begin(source: SubscriptionSource, options: SubscribeOptions): Subscription {
    const subscription = new CatchUpSubscription(source, options);
    this.open.add(subscription);
    const forget = (): unknown => this.open.delete(subscription);
    subscription.done.then(forget, forget);
    return subscription;
  }

  /** Resolves once the handler of each has returned. */
  async close(): Promise<void> {
    await Promise.all([...this.open].map((subscription) => subscription.close()));
  }
}
