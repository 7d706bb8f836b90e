import {
  type AppendResult,
  EventStore,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type StreamWrite,
  type SubscribeOptions,
  type Subscription,
} from '@encaisse/platform/event-store';

/** Negative controls: stores that break one promise each. They exist in this laboratory only. */
export const VARIANTS = ['none', 'unchecked', 'stale', 'torn'] as const;
export type Variant = (typeof VARIANTS)[number];

abstract class SpoiltStore extends EventStore {
  constructor(protected readonly sound: EventStore) {
    super();
  }

  get capabilities() {
    return this.sound.capabilities;
  }

  append(writes: readonly StreamWrite[]): Promise<AppendResult> {
    return this.sound.append(writes);
  }

  readStream(streamId: string, options?: ReadStreamOptions): Promise<RecordedEvent[]> {
    return this.sound.readStream(streamId, options);
  }

  readAll(options: ReadAllOptions): Promise<RecordedEvent[]> {
    return this.sound.readAll(options);
  }

  lastPosition(): Promise<Position> {
    return this.sound.lastPosition();
  }

  subscribeToAll(options: SubscribeOptions): Subscription {
    return this.sound.subscribeToAll(options);
  }

  close(): Promise<void> {
    return this.sound.close();
  }
}

/** Appends whatever revision was expected. */
class UncheckedStore extends SpoiltStore {
  override append(writes: readonly StreamWrite[]): Promise<AppendResult> {
    return super.append(writes.map((write) => ({ ...write, expected: 'any' as const })));
  }
}

/** Now and then answers a read with what it answered before. */
class StaleStore extends SpoiltStore {
  private readonly answers = new Map<string, RecordedEvent[]>();

  override async readStream(streamId: string, options?: ReadStreamOptions) {
    const earlier = this.answers.get(streamId);
    if (earlier !== undefined && Math.random() < 0.3) return earlier;
    const events = await super.readStream(streamId, options);
    this.answers.set(streamId, events);
    return events;
  }
}

/** Writes several streams one after the other. */
class TornStore extends SpoiltStore {
  override async append(writes: readonly StreamWrite[]): Promise<AppendResult> {
    let last: AppendResult | undefined;
    for (const write of writes) {
      last = await super.append([write]);
      if (last.kind !== 'appended') return last;
    }
    return last!;
  }
}

export function spoil(store: EventStore, variant: Variant): EventStore {
  switch (variant) {
    case 'none':
      return store;
    case 'unchecked':
      return new UncheckedStore(store);
    case 'stale':
      return new StaleStore(store);
    case 'torn':
      return new TornStore(store);
  }
}
