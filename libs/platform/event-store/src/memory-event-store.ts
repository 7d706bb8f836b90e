import type { Instant } from '@encaisse/kernel';
import { OpenSubscriptions } from './catch-up-subscription';
import { StoreUnavailable } from './errors';
import {
  type AppendResult,
  EventStore,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type StoreCapabilities,
  type StreamWrite,
  type SubscribeOptions,
  type Subscription,
} from './event-store';
import { isExpected } from './expected-revision';
import { PositionSignal } from './position-signal';
import {
  type PreparedAppend,
  type PreparedWrite,
  bodyOf,
  prepareAppend,
  recordedEventOf,
} from './prepared-append';
import { type StoredEvent, answerRepeat } from './repeated-append';

type Entry = StoredEvent & { readonly event: RecordedEvent };

/** The whole log in memory, for tests and simulation. Keeps every promise but durability. */
export class MemoryEventStore extends EventStore {
  readonly capabilities: StoreCapabilities = {
    isAtomicAcrossStreams: true,
    hasDensePositions: true,
  };
  private readonly log: RecordedEvent[] = [];
  private readonly streams = new Map<string, RecordedEvent[]>();
  private readonly entries = new Map<string, Entry>();
  private readonly signal = new PositionSignal();
  private readonly subscriptions = new OpenSubscriptions();
  private isClosed = false;

  /** The wall clock is injected, so that a simulation owns it. */
  constructor(private readonly wallClock: { now(): Instant }) {
    super();
  }

  override append(writes: readonly StreamWrite[]): Promise<AppendResult> {
    return this.whileOpen(() => this.settle(prepareAppend(writes)));
  }

  override readStream(streamId: string, options: ReadStreamOptions = {}): Promise<RecordedEvent[]> {
    return this.whileOpen(() => {
      const all = this.streams.get(streamId) ?? [];
      const limit = options.limit ?? all.length;
      if (options.direction !== 'backwards') {
        return all.slice(options.from ?? 0).slice(0, limit);
      }
      const end = Math.min(options.from ?? all.length - 1, all.length - 1) + 1;
      return all.slice(0, end).reverse().slice(0, limit);
    });
  }

  override readAll({ after, limit }: ReadAllOptions): Promise<RecordedEvent[]> {
    return this.whileOpen(() => this.log.slice(after, after + limit));
  }

  override lastPosition(): Promise<Position> {
    return this.whileOpen(() => this.log.length);
  }

  override subscribeToAll(options: SubscribeOptions): Subscription {
    if (this.isClosed) throw new StoreUnavailable('the event store is closed');
    const source = {
      read: (after: Position, limit: number) =>
        Promise.resolve(this.log.slice(after, after + limit)),
      changed: (after: Position, signal: AbortSignal) => this.signal.beyond(after, signal),
    };
    return this.subscriptions.begin(source, options);
  }

  override async close(): Promise<void> {
    this.isClosed = true;
    await this.subscriptions.close();
  }

  private async whileOpen<Result>(work: () => Result): Promise<Result> {
    if (this.isClosed) throw new StoreUnavailable('the event store is closed');
    return Promise.resolve(work());
  }

  private versionOf(streamId: string): number | null {
    return this.streams.get(streamId)?.at(-1)?.version ?? null;
  }

  private settle(append: PreparedAppend): AppendResult {
    const isRepeat = append.writes.some(({ events }) =>
      events.some((event) => this.entries.has(event.eventId)),
    );
    if (isRepeat) return answerRepeat(append, this.entries, (id) => this.versionOf(id));
    for (const { streamId, expected } of append.writes) {
      const actual = this.versionOf(streamId);
      if (!isExpected(expected, actual)) {
        return { kind: 'wrong-revision', streamId, expected, actual };
      }
    }
    const last = this.log.at(-1)?.recordedAt;
    const now = this.wallClock.now();
    const recordedAt = last !== undefined && last > now ? last : now;
    for (const write of append.writes) this.record(write, recordedAt);
    this.signal.advance(this.log.length);
    return {
      kind: 'appended',
      position: this.log.length,
      versions: Object.fromEntries(
        append.writes.map(({ streamId }) => [streamId, this.versionOf(streamId) ?? 0]),
      ),
      isReplay: false,
    };
  }

  private record({ streamId, events }: PreparedWrite, recordedAt: Instant): void {
    const stream = this.streams.get(streamId) ?? [];
    this.streams.set(streamId, stream);
    for (const prepared of events) {
      const version = stream.length;
      const position = this.log.length + 1;
      const body = bodyOf(prepared, recordedAt);
      const event = recordedEventOf(body, version, position);
      stream.push(event);
      this.log.push(event);
      const { eventId } = prepared;
      this.entries.set(eventId, { eventId, streamId, version, position, body, event });
    }
  }
}
