import { setTimeout as wait } from 'node:timers/promises';
import {
  Client,
  type ClientBase,
  type ClientConfig,
  Pool,
  type QueryConfig,
  type QueryResultRow,
} from 'pg';
import { OpenSubscriptions } from '../catch-up-subscription';
import { StoreUnavailable } from '../errors';
import {
  type AppendResult,
  type CategoriesPage,
  EventStore,
  type Position,
  type ReadAllOptions,
  type ReadCategoriesOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type StoreCapabilities,
  type StreamWrite,
  type SubscribeOptions,
  type Subscription,
} from '../event-store';
import { type PreparedAppend, prepareAppend, recordedEventOf } from '../prepared-append';
import { type AddedEvent, BatchWriter, KnownEnd } from './batch-writer';
import { type CommitBatch, CommitQueue } from './commit-queue';
import { LogTail } from './log-tail';
import { type EventStoreLog, OutageReport } from './outage-report';
import { PostgresSession, SESSION_SETTINGS, asStoreError, isOutage } from './postgres-session';
import { migrateEventStore } from './schema';
import { StreamReader } from './stream-reader';

type EventRow = { readonly position: string; readonly version: string; readonly body: string };
type CategoryRow = { readonly head: string } & (
  EventRow | { readonly position: null; readonly version: null; readonly body: null }
);

export type PostgresEventStoreOptions = {
  /** Connection string. */
  readonly url: string;
  /** Shown by the server beside each connection. */
  readonly applicationName?: string;
  /** A connection that does not answer for so long is given up. Default: 20,000. */
  readonly answerTimeoutMillis?: number;
  readonly logger?: EventStoreLog;
};

const READERS = 4;
/** Two batches under way: one in the database, the answers of the other being dealt with. */
const LANES = 2;
/** Positions one statement looks through for categories: a fraction of a second. */
const STRETCH_OF_CATEGORIES = 100_000;
const RECONNECT_DELAY_MS = 250;
/** An append over a connection that was given up is sent again, safely; a reading fails as in an outage. */
const ANSWER_TIMEOUT_MS = 20_000;

function connectionOf({ url, applicationName }: PostgresEventStoreOptions): ClientConfig {
  return {
    connectionString: url,
    application_name: applicationName ?? 'encaisse',
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
  };
}

function prepareReader(client: ClientBase, done: (error?: Error) => void): void {
  client.query(SESSION_SETTINGS).then(() => done(), done);
}

/**
 * The event log in PostgreSQL (D5): appends of this process are committed in groups under one lock,
 * so positions are dense and in commit order. Other processes may append at the same time. The schema
 * must be there: see `migrateEventStore`.
 */
export class PostgresEventStore extends EventStore {
  readonly capabilities: StoreCapabilities = {
    isAtomicAcrossStreams: true,
    hasDensePositions: true,
  };
  private readonly readers: Pool;
  private readonly streamReader = new StreamReader((config) => this.query(config));
  private readonly writers: readonly PostgresSession[];
  private readonly end = new KnownEnd();
  private readonly queue: CommitQueue;
  private readonly tail: LogTail;
  private readonly subscriptions = new OpenSubscriptions();
  private readonly outage: OutageReport;
  private closing: Promise<void> | null = null;

  /** Connects, brings the schema up to date and opens the store. */
  static async open(options: PostgresEventStoreOptions): Promise<PostgresEventStore> {
    const client = new Client(connectionOf(options));
    await client.connect().catch((error: unknown) => {
      throw asStoreError(error);
    });
    try {
      await migrateEventStore(client);
    } finally {
      await client.end();
    }
    return new PostgresEventStore(options);
  }

  constructor(options: PostgresEventStoreOptions) {
    super();
    this.outage = new OutageReport(options.logger);
    const query_timeout = options.answerTimeoutMillis ?? ANSWER_TIMEOUT_MS;
    const config = { ...connectionOf(options), query_timeout };
    this.readers = new Pool({ max: READERS, ...config, verify: prepareReader });
    this.readers.on('error', () => undefined);
    this.writers = Array.from({ length: LANES }, () => new PostgresSession(config));
    this.tail = new LogTail(config, this.outage);
    this.queue = new CommitQueue(this.writers.map((session) => this.lane(session)));
  }

  override async append(writes: readonly StreamWrite[]): Promise<AppendResult> {
    this.refuseWhenClosed();
    const append: PreparedAppend = prepareAppend(writes);
    return this.queue.submit(append);
  }

  override async readStream(
    streamId: string,
    options: ReadStreamOptions = {},
  ): Promise<RecordedEvent[]> {
    if (isWhole(options)) return this.streamReader.read(streamId);
    const limit = options.limit ?? null;
    if (options.direction === 'backwards') {
      return this.events({
        name: 'event-store-read-backwards',
        text: `select position, version, body from event_store.events
               where stream_id = $1 and version <= $2 order by version desc limit $3`,
        values: [streamId, options.from ?? Number.MAX_SAFE_INTEGER, limit],
      });
    }
    return this.events({
      name: 'event-store-read-forwards',
      text: `select position, version, body from event_store.events
             where stream_id = $1 and version >= $2 order by version limit $3`,
      values: [streamId, options.from ?? 0, limit],
    });
  }

  override async readAll(options: ReadAllOptions): Promise<RecordedEvent[]> {
    const rows = await this.rowsAfter(options.after, options.limit);
    return rows.map(toEvent);
  }

  /** The server leaves out what is not wanted: it costs a tenth of sending and reading it. */
  override async readCategories(options: ReadCategoriesOptions): Promise<CategoriesPage> {
    const { after, limit, categories } = options;
    const end = after + STRETCH_OF_CATEGORIES;
    const rows = await this.query<CategoryRow>({
      name: 'event-store-read-categories',
      text: `select head.position as head, found.position, found.version, found.body
             from (select coalesce(max(position), 0) as position from event_store.events) head
             left join lateral (
               select position, version, body from event_store.events
               where position > $1 and position <= $2 and category = any($3)
               order by position limit $4
             ) found on true
             order by found.position`,
      values: [after, end, categories, limit],
    });
    const events = rows.flatMap(({ position, version, body }) =>
      position === null ? [] : [recordedEventOf(body, Number(version), Number(position))],
    );
    const last = events.at(-1);
    if (last !== undefined && events.length === limit) return { events, reached: last.position };
    return { events, reached: Math.max(after, Math.min(end, Number(rows[0]!.head))) };
  }

  override async lastPosition(): Promise<Position> {
    const rows = await this.query<{ position: string }>({
      name: 'event-store-last-position',
      text: 'select coalesce(max(position), 0) as position from event_store.events',
    });
    return Number(rows[0]?.position ?? 0);
  }

  override subscribeToAll(options: SubscribeOptions): Subscription {
    this.refuseWhenClosed();
    return this.subscriptions.begin(
      {
        read: (after, limit, signal) => this.readTail(after, limit, signal),
        changed: (after, signal) => this.tail.beyond(after, signal),
      },
      options,
    );
  }

  /** Answers the appends already accepted, stops the subscriptions and gives the connections back. */
  override close(): Promise<void> {
    return (this.closing ??= this.shutDown());
  }

  private async shutDown(): Promise<void> {
    await this.queue.drain();
    await this.subscriptions.close();
    const sessions = [...this.writers, this.tail];
    await Promise.all([...sessions.map((session) => session.close()), this.readers.end()]);
  }

  private lane(session: PostgresSession): CommitBatch {
    const writer = new BatchWriter(session, this.end);
    return async (batch) => {
      const { results, added } = await writer.write(batch);
      this.tail.appended(added);
      return results;
    };
  }

  private refuseWhenClosed(): void {
    if (this.closing !== null) throw new StoreUnavailable('the event store is closed');
  }

  /** From the ring where it provably has what follows, else from the table; waits out an outage. */
  private async readTail(
    after: Position,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly RecordedEvent[]> {
    for (;;) {
      const shared = this.tail.ring.after(after, limit);
      if (shared !== null) return shared;
      try {
        const rows = await this.rowsAfter(after, limit);
        this.outage.up();
        // A lone subscriber has nobody to share with.
        if (this.subscriptions.count < 2) return rows.map(toEvent);
        this.tail.ring.offer(rows);
        return this.tail.ring.after(after, limit)?.slice(0, rows.length) ?? rows.map(toEvent);
      } catch (error) {
        if (!isOutage(error)) throw error;
        if (signal.aborted) return [];
        this.outage.down();
        await wait(RECONNECT_DELAY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async rowsAfter(after: Position, limit: number): Promise<AddedEvent[]> {
    const rows = await this.query<EventRow>({
      name: 'event-store-read-all',
      text: `select position, version, body from event_store.events
             where position > $1 order by position limit $2`,
      values: [after, limit],
    });
    return rows.map(({ position, version, body }) => ({
      position: Number(position),
      version: Number(version),
      body,
    }));
  }

  private async events(config: QueryConfig): Promise<RecordedEvent[]> {
    const rows = await this.query<EventRow>(config);
    return rows.map(({ position, version, body }) =>
      recordedEventOf(body, Number(version), Number(position)),
    );
  }

  private async query<Row extends QueryResultRow>(config: QueryConfig): Promise<Row[]> {
    this.refuseWhenClosed();
    try {
      return (await this.readers.query<Row>(config)).rows;
    } catch (error) {
      throw asStoreError(error);
    }
  }
}

function isWhole({ from, limit, direction }: ReadStreamOptions): boolean {
  return from === undefined && limit === undefined && direction !== 'backwards';
}

function toEvent({ body, version, position }: AddedEvent): RecordedEvent {
  return recordedEventOf(body, version, position);
}
