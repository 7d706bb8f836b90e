import { categoryOf, type Instant } from '@encaisse/kernel';

/** Who caused an event. A login is a reference; names and addresses stay in the personal-data vault. */
export type Actor = {
  readonly kind: 'person' | 'machine' | 'system';
  readonly login: string;
};

/** What is recorded beside the business facts. Hashed with them. */
export type EventMetadata = {
  readonly actor: Actor;
  /** Ties together everything that came from one request. */
  readonly correlationId: string;
  /** The event that caused this one, null when a person or a machine did. */
  readonly causationId: string | null;
  /** W3C trace context of the request. */
  readonly traceparent?: string;
};

/** An event to append. The id is made by the caller (UUIDv7) and makes a retry safe. */
export type NewEvent = {
  readonly eventId: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: object;
  readonly metadata: EventMetadata;
};

/** Place of an event in the whole log. Dense from 1 on PostgreSQL; only ordered elsewhere. */
export type Position = number;

/** An event as the store gives it back. */
export type RecordedEvent = NewEvent & {
  readonly streamId: string;
  /** Place in its stream, dense from 0. */
  readonly version: number;
  readonly position: Position;
  /** Wall-clock time of the store, never decreasing along the log. Business time lies in `data`. */
  readonly recordedAt: Instant;
};

/** The revision a writer expects: the version of the last event, or a statement about the stream. */
export type ExpectedRevision = number | 'no-stream' | 'stream-exists' | 'any';

/** Events for one stream. */
export type StreamWrite = {
  readonly streamId: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
};

/** What became of an append. Outages and bugs throw; these are the expected outcomes. */
export type AppendResult =
  | {
      readonly kind: 'appended';
      /** Position of the last event of the append. */
      readonly position: Position;
      /** Version of the last event per stream written. */
      readonly versions: Readonly<Record<string, number>>;
      /** True when all the events were there already, from an earlier try of the same append. */
      readonly isReplay: boolean;
    }
  | {
      readonly kind: 'wrong-revision';
      readonly streamId: string;
      readonly expected: ExpectedRevision;
      /** The version the stream is at, null when it does not exist. */
      readonly actual: number | null;
    }
  /** An event id that is in the log with another body, or in another stream. */
  | { readonly kind: 'event-id-reused'; readonly eventId: string };

export type ReadStreamOptions = {
  readonly direction?: 'forwards' | 'backwards';
  /** First version to read, inclusive. Default: the beginning, or the end when backwards. */
  readonly from?: number;
  readonly limit?: number;
};

export type ReadAllOptions = {
  /** Read what comes after this position; 0 for the beginning. */
  readonly after: Position;
  readonly limit: number;
};

export type ReadCategoriesOptions = ReadAllOptions & { readonly categories: readonly string[] };

/** What a part of the log holds of some categories. */
export type CategoriesPage = {
  readonly events: readonly RecordedEvent[];
  /** Up to here there is nothing else of them; where the reading began when the log ends there. */
  readonly reached: Position;
};

/** A running subscription. */
export type Subscription = {
  /** Stops after the batch in hand; resolves once its handler returned. */
  close(): Promise<void>;
  /** Rejects when the handler threw or the store is gone for good; resolves after `close`. */
  readonly done: Promise<void>;
};

export type SubscribeOptions = {
  readonly after: Position;
  readonly batchSize?: number;
  /** Called with each batch in order, never concurrently. Its position is the subscriber's to keep. */
  readonly onBatch: (events: readonly RecordedEvent[]) => Promise<void>;
};

/** What an adapter can do beyond the port's promises; features that need it ask at start-up. */
export type StoreCapabilities = {
  /** Several streams in one append, all or nothing. */
  readonly isAtomicAcrossStreams: boolean;
  /** Positions are 1, 2, 3 … and so are leaf numbers of the proof tree. */
  readonly hasDensePositions: boolean;
};

/**
 * The append-only log of everything that happened (D1, D4). Readers see positions in order and never
 * miss one: once p + 1 was seen, nothing at or before p appears any more.
 */
export abstract class EventStore {
  abstract readonly capabilities: StoreCapabilities;
  /**
   * Appends to one stream, or to several atomically. Durable once resolved. The same event ids with
   * the same bodies answer the first result, for ever; with other bodies they are refused.
   */
  abstract append(writes: readonly StreamWrite[]): Promise<AppendResult>;
  abstract readStream(streamId: string, options?: ReadStreamOptions): Promise<RecordedEvent[]>;
  abstract readAll(options: ReadAllOptions): Promise<RecordedEvent[]>;
  /**
   * Events of some categories alone, for whoever wants little of a long log. A page may be empty and
   * others follow: reading ends once nothing more is reached.
   */
  async readCategories({ categories, ...options }: ReadCategoriesOptions): Promise<CategoriesPage> {
    const wanted = new Set(categories);
    const read = await this.readAll(options);
    return {
      events: read.filter(({ streamId }) => wanted.has(categoryOf(streamId))),
      reached: read.at(-1)?.position ?? options.after,
    };
  }

  /** Position of the last event, 0 when the log is empty. */
  abstract lastPosition(): Promise<Position>;
  /** Everything after a position, then live, in order, woken by the store and not by polling. */
  abstract subscribeToAll(options: SubscribeOptions): Subscription;
  abstract close(): Promise<void>;
}
