import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { invariant } from '@encaisse/kernel';
import { OpenSubscriptions } from '../catch-up-subscription';
import { ContentionExhausted, StoreUnavailable, UnreadableEvent } from '../errors';
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
} from '../event-store';
import { isExpected } from '../expected-revision';
import { type EventStoreLog, OutageReport } from '../postgres/outage-report';
import { type PreparedAppend, isSameBody, prepareAppend } from '../prepared-append';
import { type StoredEvent, answerRepeat } from '../repeated-append';
import { kurrentDbAddress } from './connection-string';
import { LogDoorbell } from './log-doorbell';
import { LogReader } from './log-reader';
import { RecentEvents } from './recent-events';
import { type RenderedEvent, bodyOfRecorded, fromServer, render, toServer } from './server-event';
import { ServerSession, isOutage } from './server-session';
import { StreamTurns } from './stream-turns';

export type KurrentDbEventStoreOptions = {
  /** Connection string: `esdb://user:password@host:2113?tls=true`, `kurrentdb://` too. */
  readonly url: string;
  readonly logger?: EventStoreLog;
};

type Appending = {
  readonly append: PreparedAppend;
  readonly write: PreparedAppend['writes'][number];
  readonly rendered: readonly RenderedEvent[];
};

const RECONNECT_DELAY_MS = 250;
/** Events whose ids are known from the start. */
const REMEMBERED_AT_START = 5_000;
/** Other processes that write to the same stream at the same time. */
const TRIES = 20;

/**
 * The event log in EventStoreDB or KurrentDB (D4). One stream per append; positions are counts of bytes,
 * in order and not dense. The server tells a repeated append by its ids alone and only sometimes: what
 * it takes for a repetition is read back here and compared, and `any` is never left to it.
 */
export class KurrentDbEventStore extends EventStore {
  readonly capabilities: StoreCapabilities = {
    isAtomicAcrossStreams: false,
    hasDensePositions: false,
  };
  private readonly recent = new RecentEvents();
  private readonly turns = new StreamTurns();
  private readonly reader: LogReader;
  private readonly doorbell: LogDoorbell;
  private readonly outage: OutageReport;
  private readonly subscriptions = new OpenSubscriptions();
  private closing: Promise<void> | null = null;

  /** Connects and reads the end of the log. Throws StoreUnavailable when the server does not answer. */
  static async open(options: KurrentDbEventStoreOptions): Promise<KurrentDbEventStore> {
    const session = new ServerSession(kurrentDbAddress(options.url));
    const store = new KurrentDbEventStore(session, options.logger);
    try {
      const last = await store.reader.lastEvents(REMEMBERED_AT_START);
      for (const event of last.reverse()) store.recent.note(event);
    } catch (error) {
      await store.close();
      throw error;
    }
    return store;
  }

  private constructor(
    private readonly session: ServerSession,
    logger: EventStoreLog | undefined,
  ) {
    super();
    this.outage = new OutageReport(logger);
    this.reader = new LogReader(session);
    this.doorbell = new LogDoorbell(session, this.recent, () => this.reader.last(), this.outage);
  }

  override async append(writes: readonly StreamWrite[]): Promise<AppendResult> {
    this.refuseWhenClosed();
    const append = prepareAppend(writes);
    invariant(writes.length === 1, 'this event store cannot record in several streams at once');
    const rendered = writes[0]!.events.map(render);
    const appending = { append, write: append.writes[0]!, rendered };
    return this.turns.take(appending.write.streamId, () => this.settle(appending));
  }

  override async readStream(
    streamId: string,
    options: ReadStreamOptions = {},
  ): Promise<RecordedEvent[]> {
    this.refuseWhenClosed();
    const { direction = 'forwards', limit = Number.MAX_SAFE_INTEGER } = options;
    if (limit === 0) return [];
    if (direction === 'forwards')
      return this.streamFrom(streamId, 'forwards', options.from ?? 0, limit);
    const [last] = await this.streamFrom(streamId, 'backwards', 'end', 1);
    if (last === undefined) return [];
    // The server gives what lies between the two ends asked for, nothing beyond the last event.
    return this.streamFrom(
      streamId,
      'backwards',
      Math.min(options.from ?? last.version, last.version),
      limit,
    );
  }

  override async readAll({ after, limit }: ReadAllOptions): Promise<RecordedEvent[]> {
    this.refuseWhenClosed();
    return this.reader.after(after, limit);
  }

  override async lastPosition(): Promise<Position> {
    this.refuseWhenClosed();
    return this.reader.last();
  }

  override subscribeToAll(options: SubscribeOptions): Subscription {
    this.refuseWhenClosed();
    const source = {
      read: (after: Position, limit: number, signal: AbortSignal) =>
        this.readTail(after, limit, signal),
      changed: (after: Position, signal: AbortSignal) => this.doorbell.beyond(after, signal),
    };
    return this.subscriptions.begin(source, options);
  }

  /** Answers the appends already accepted and stops the subscriptions. */
  override close(): Promise<void> {
    return (this.closing ??= this.shutDown());
  }

  private async shutDown(): Promise<void> {
    await this.turns.settled();
    await this.subscriptions.close();
    this.doorbell.close();
    await this.session.close();
  }

  private refuseWhenClosed(): void {
    if (this.closing !== null) throw new StoreUnavailable('the event store is closed');
  }

  private async settle(appending: Appending): Promise<AppendResult> {
    const { streamId, expected, events } = appending.write;
    const known = events.map(({ eventId }) => this.recent.streamOf(eventId));
    const elsewhere = known.findIndex((stream) => stream !== undefined && stream !== streamId);
    if (elsewhere >= 0) return { kind: 'event-id-reused', eventId: events[elsewhere]!.eventId };
    const isRepeat = known.includes(streamId);
    const isStatement = expected === 'any' || expected === 'stream-exists';
    for (const { eventId } of events) this.recent.claim(eventId, streamId);
    const result =
      isRepeat || isStatement ? await this.decideHere(appending) : await this.send(appending);
    if (result.kind === 'wrong-revision' && !isRepeat)
      for (const { eventId } of events) this.recent.forget(eventId);
    return result;
  }

  /**
   * Decides on the stream as it is and sends the version it was at. The server would decide `any` on
   * the ids it happens to remember, and append an old repetition a second time.
   */
  private async decideHere(appending: Appending): Promise<AppendResult> {
    const { streamId, expected } = appending.write;
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const stream = await this.streamFrom(streamId, 'forwards', 0, Number.MAX_SAFE_INTEGER);
      const answer = answerFrom(appending, stream);
      if (answer !== null) return answer;
      const actual = stream.at(-1)?.version ?? null;
      if (!isExpected(expected, actual))
        return { kind: 'wrong-revision', streamId, expected, actual };
      const result = await this.send(appending, actual ?? 'no-stream');
      if (result.kind !== 'wrong-revision') return result;
    }
    throw new ContentionExhausted(`${streamId} changed ${TRIES} times while being appended to`);
  }

  private async send(
    appending: Appending,
    revision: number | 'no-stream' = appending.write.expected as number | 'no-stream',
  ): Promise<AppendResult> {
    const { streamId, expected } = appending.write;
    const attempt = { id: randomUUID(), notBefore: this.recent.latestRecordedAt };
    const sent = appending.rendered.map((event) => toServer(event, attempt));
    const answer = await this.session.append(
      streamId,
      sent,
      revision === 'no-stream' ? 'no_stream' : BigInt(revision),
    );
    if (answer.kind === 'success')
      return this.readBack(appending, revision, answer.lastRevision, attempt.id);
    const stream = await this.streamFrom(streamId, 'forwards', 0, Number.MAX_SAFE_INTEGER);
    const actual = stream.at(-1)?.version ?? null;
    return answerFrom(appending, stream) ?? { kind: 'wrong-revision', streamId, expected, actual };
  }

  /** A success may be that of an earlier append with the same ids, whatever it held. */
  private async readBack(
    { write }: Appending,
    revision: number | 'no-stream',
    lastRevision: number,
    attempt: string,
  ): Promise<AppendResult> {
    const { streamId, events } = write;
    const first = revision === 'no-stream' ? 0 : revision + 1;
    if (lastRevision !== first + events.length - 1)
      throw new UnreadableEvent(`${streamId} was deleted on the server: its history is gone`);
    const stored = await this.session.readStream(streamId, 'forwards', first, events.length);
    if (stored.length < events.length)
      throw new StoreUnavailable('the event store does not show yet what it has answered');
    const read = stored.map(fromServer);
    for (const [index, { event }] of read.entries()) {
      const sent = events[index]!;
      if (event.eventId !== sent.eventId || !isSameBody(bodyOfRecorded(event), sent))
        return { kind: 'event-id-reused', eventId: sent.eventId };
    }
    for (const { event } of read) this.recent.note(event);
    const last = read.at(-1)!.event;
    this.doorbell.advance(last.position);
    return {
      kind: 'appended',
      position: last.position,
      versions: { [streamId]: last.version },
      isReplay: read.some((one) => one.attempt !== attempt),
    };
  }

  private async streamFrom(
    streamId: string,
    direction: 'forwards' | 'backwards',
    from: number | 'end',
    limit: number,
  ): Promise<RecordedEvent[]> {
    const stored = await this.session.readStream(streamId, direction, from, limit);
    const events = stored.map((one) => fromServer(one).event);
    const isWhole = events.every(
      ({ version }, index) => from === 'end' || Math.abs(version - from) === index,
    );
    if (!isWhole)
      throw new UnreadableEvent(`${streamId} lacks events: it was cut or deleted on the server`);
    return events;
  }

  /** Waits out an outage. */
  private async readTail(
    after: Position,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly RecordedEvent[]> {
    for (;;) {
      try {
        const events = await this.reader.after(after, limit);
        this.outage.up();
        return events;
      } catch (error) {
        if (!isOutage(error)) throw error;
        if (signal.aborted) return [];
        this.outage.down();
        await wait(RECONNECT_DELAY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}

/** What was answered the first time, when any of the ids is in the stream; null when none is. */
function answerFrom(
  { append, write }: Appending,
  stream: readonly RecordedEvent[],
): AppendResult | null {
  const sent = new Set(write.events.map(({ eventId }) => eventId));
  const stored = new Map<string, StoredEvent>();
  for (const event of stream) {
    const { eventId, streamId, version, position } = event;
    if (sent.has(eventId))
      stored.set(eventId, { eventId, streamId, version, position, body: bodyOfRecorded(event) });
  }
  if (stored.size === 0) return null;
  return answerRepeat(append, stored, () => stream.at(-1)?.version ?? null);
}
