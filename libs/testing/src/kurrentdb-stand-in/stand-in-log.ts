/** An event as a writer proposes it. */
export type ProposedEvent = {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
};

/** An event in the log. Its place is a count of bytes, as on the server. */
export type LoggedEvent = ProposedEvent & {
  readonly streamId: string;
  readonly revision: number;
  readonly position: number;
  /** Milliseconds since 1970, by the server's clock. */
  readonly createdAt: number;
};

export type Expected = number | 'any' | 'no-stream' | 'stream-exists';

/** What the server decided about an append. */
export type AppendDecision =
  | {
      readonly kind: 'appended' | 'idempotent';
      readonly lastRevision: number;
      readonly position: number;
    }
  /** `corrupted` when some of the events are there and some are not; it is answered the same way. */
  | { readonly kind: 'wrong-version'; readonly current: number | null; readonly corrupted: boolean }
  | { readonly kind: 'stream-deleted' }
  | { readonly kind: 'too-large'; readonly most: number };

export type StandInLogOptions = {
  /** Ids the server remembers for `any`: the recent-events cache. */
  readonly rememberedEvents?: number;
  readonly mostAppendBytes?: number;
  readonly now?: () => number;
};

type Stream = {
  events: LoggedEvent[];
  /** The next revision: goes on after a deletion. */
  next: number;
  isSoftDeleted: boolean;
  isTombstoned: boolean;
};

/** The server has written for itself before anybody else writes. */
const FIRST_POSITION = 1_327;
const RECORD_OVERHEAD = 98;
const REMEMBERED_EVENTS = 10_000;
const MOST_APPEND_BYTES = 1024 * 1024;

/**
 * The log of the stand-in: KurrentDB's table of append decisions, which looks at event ids and never at
 * bodies, and for `any` only at the ids it remembers. Source: kurrent-io/KurrentDB, `IndexWriter.cs`
 * (CheckCommit), written anew from its decisions.
 */
export class StandInLog {
  readonly events: LoggedEvent[] = [];
  private readonly streams = new Map<string, Stream>();
  private readonly remembered = new Map<string, LoggedEvent>();
  private readonly listeners = new Set<(event: LoggedEvent) => void>();
  private end = FIRST_POSITION;
  private readonly mostRemembered: number;
  private readonly mostAppendBytes: number;
  private readonly now: () => number;

  constructor(options: StandInLogOptions = {}) {
    this.mostRemembered = options.rememberedEvents ?? REMEMBERED_EVENTS;
    this.mostAppendBytes = options.mostAppendBytes ?? MOST_APPEND_BYTES;
    this.now = options.now ?? Date.now;
    this.write('$settings', [systemEvent('$settings')]);
  }

  append(streamId: string, expected: Expected, proposed: readonly ProposedEvent[]): AppendDecision {
    const bytes = proposed.reduce(
      (sum, { data, metadata }) => sum + data.length + metadata.length,
      0,
    );
    if (bytes > this.mostAppendBytes) return { kind: 'too-large', most: this.mostAppendBytes };
    const stream = this.streams.get(streamId);
    if (stream?.isTombstoned === true) return { kind: 'stream-deleted' };
    const refusal = this.refusal(stream, expected, proposed);
    if (refusal !== null) return refusal;
    const last = this.write(streamId, proposed);
    return { kind: 'appended', lastRevision: last.revision, position: last.position };
  }

  /** Null when the events are to be written. */
  private refusal(
    stream: Stream | undefined,
    expected: Expected,
    proposed: readonly ProposedEvent[],
  ): AppendDecision | null {
    const current = stream === undefined ? -1 : stream.next - 1;
    const wrong = (corrupted: boolean): AppendDecision => ({
      kind: 'wrong-version',
      current: stream === undefined || stream.isSoftDeleted ? null : current,
      corrupted,
    });
    if (expected === 'stream-exists' && (current < 0 || stream?.isSoftDeleted === true))
      return wrong(false);
    if (expected === 'any' || expected === 'stream-exists')
      return this.repetitionRemembered(stream, proposed, wrong);
    const version = expected === 'no-stream' ? -1 : expected;
    if (version > current) return wrong(false);
    if (version === current) return null;
    for (const [index, { id }] of proposed.entries()) {
      const revision = version + 1 + index;
      if (stream?.events.some((event) => event.revision === revision && event.id === id) === true)
        continue;
      if (index > 0) return wrong(true);
      return version === -1 && stream?.isSoftDeleted === true ? null : wrong(false);
    }
    return idempotent(stream, version + proposed.length);
  }

  private repetitionRemembered(
    stream: Stream | undefined,
    proposed: readonly ProposedEvent[],
    wrong: (corrupted: boolean) => AppendDecision,
  ): AppendDecision | null {
    let lastRevision = -1;
    for (const [index, { id }] of proposed.entries()) {
      const known = this.remembered.get(id);
      if (known === undefined || !stream?.events.includes(known))
        return index === 0 ? null : wrong(true);
      lastRevision = known.revision;
    }
    return idempotent(stream, lastRevision);
  }

  private write(streamId: string, proposed: readonly ProposedEvent[]): LoggedEvent {
    const stream = this.streams.get(streamId) ?? {
      events: [],
      next: 0,
      isSoftDeleted: false,
      isTombstoned: false,
    };
    this.streams.set(streamId, stream);
    stream.isSoftDeleted = false;
    const createdAt = this.now();
    const written = proposed.map((event) => {
      const logged = { ...event, streamId, revision: stream.next, position: this.end, createdAt };
      const bytes = event.data.length + event.metadata.length + streamId.length * 2;
      this.end += RECORD_OVERHEAD + bytes;
      stream.next += 1;
      stream.events.push(logged);
      this.events.push(logged);
      this.remember(logged);
      return logged;
    });
    for (const event of written) for (const listener of this.listeners) listener(event);
    return written.at(-1)!;
  }

  private remember(event: LoggedEvent): void {
    this.remembered.set(event.id, event);
    if (this.remembered.size <= this.mostRemembered) return;
    const [oldest = ''] = this.remembered.keys();
    this.remembered.delete(oldest);
  }

  /** Events of the server's own kind come between those of others, such as statistics. */
  writeSystemEvent(): void {
    this.write('$stats-0', [systemEvent('$statsCollected')]);
  }

  /** Null for a stream that does not exist or was deleted. Throws nothing. */
  stream(streamId: string): readonly LoggedEvent[] | 'deleted' | null {
    const stream = this.streams.get(streamId);
    if (stream?.isTombstoned === true) return 'deleted';
    return stream === undefined || stream.isSoftDeleted ? null : stream.events;
  }

  /** The stream may be begun again after it; its revisions go on. */
  softDelete(streamId: string): void {
    const stream = this.streams.get(streamId);
    if (stream === undefined) return;
    stream.events = [];
    stream.isSoftDeleted = true;
  }

  /** The stream may never be written again. */
  tombstone(streamId: string): void {
    this.write(streamId, [systemEvent('$streamDeleted')]);
    this.streams.get(streamId)!.isTombstoned = true;
  }

  listen(listener: (event: LoggedEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

function idempotent(stream: Stream | undefined, lastRevision: number): AppendDecision {
  const last = stream?.events.find(({ revision }) => revision === lastRevision);
  return { kind: 'idempotent', lastRevision, position: last?.position ?? 0 };
}

function systemEvent(type: string): ProposedEvent {
  const data = Buffer.from('{}');
  return {
    id: crypto.randomUUID(),
    type,
    contentType: 'application/json',
    data,
    metadata: Buffer.alloc(0),
  };
}
