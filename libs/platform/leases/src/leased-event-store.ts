import {
  type AppendResult,
  type CategoriesPage,
  EventStore,
  type Position,
  type ReadAllOptions,
  type ReadCategoriesOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type StreamWrite,
  type SubscribeOptions,
  type Subscription,
} from '@encaisse/platform/event-store';
import { assertLeaseOfWork } from './lease';

/** The log as work under a lease may use it: nothing to decide on and no append once the lease is lost. */
export class LeasedEventStore extends EventStore {
  constructor(private readonly store: EventStore) {
    super();
  }

  override get capabilities() {
    return this.store.capabilities;
  }

  /** Throws LeaseLost when the calling work runs under a lease that was lost. */
  override append(writes: readonly StreamWrite[]): Promise<AppendResult> {
    assertLeaseOfWork();
    return this.store.append(writes);
  }

  /**
   * Throws LeaseLost when the calling work has lost its lease by the time it is answered: the next holder
   * may have gone on with the stream, and what this work knows besides is of before.
   */
  override async readStream(
    streamId: string,
    options?: ReadStreamOptions,
  ): Promise<RecordedEvent[]> {
    const events = await this.store.readStream(streamId, options);
    assertLeaseOfWork();
    return events;
  }

  override readAll(options: ReadAllOptions): Promise<RecordedEvent[]> {
    return this.store.readAll(options);
  }

  override readCategories(options: ReadCategoriesOptions): Promise<CategoriesPage> {
    return this.store.readCategories(options);
  }

  override lastPosition(): Promise<Position> {
    return this.store.lastPosition();
  }

  override subscribeToAll(options: SubscribeOptions): Subscription {
    return this.store.subscribeToAll(options);
  }

  override close(): Promise<void> {
    return this.store.close();
  }
}
