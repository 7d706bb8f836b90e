import { setTimeout as wait } from 'node:timers/promises';
import {
  type AllStreamRecordedEvent,
  type AppendExpectedRevision,
  EventStoreDBClient,
  ErrorType,
  type EventData,
  type RecordedEvent as ServerEvent,
  StreamNotFoundError,
  WrongExpectedVersionError,
  excludeSystemEvents,
} from '@eventstore/db-client';
import { StoreUnavailable } from '../errors';
import type { KurrentDbAddress } from './connection-string';

/** The server answers within this time, or what became of an append is unknown. */
const APPEND_TIMEOUT_MS = 15_000;
/** Events of one append go in requests of this size; the server itself takes 1 MiB in all. */
const REQUEST_BYTES = 512 * 1024;
const AGAIN_AFTER_MS = 100;

const OUTAGES: ReadonlySet<string> = new Set([
  ErrorType.UNAVAILABLE,
  ErrorType.DEADLINE_EXCEEDED,
  ErrorType.TIMEOUT,
  ErrorType.CANCELLED,
  ErrorType.NOT_LEADER,
]);
/** Cancelled, deadline, exhausted, aborted, internal (a cut connection), unavailable. */
const OUTAGE_CODES: ReadonlySet<number> = new Set([1, 4, 8, 10, 13, 14]);

/** Whether the server could not answer now, and may later. */
export function isOutage(error: unknown): boolean {
  if (error instanceof StoreUnavailable) return true;
  const { type, code, message } = error as { type?: string; code?: number; message?: string };
  if (type !== undefined && OUTAGES.has(type)) return true;
  if (code !== undefined && OUTAGE_CODES.has(code)) return true;
  return message?.startsWith('Failed to discover') === true;
}

/** The error as the port tells it: outages are StoreUnavailable, the rest is what it is. */
export function asStoreError(error: unknown): unknown {
  if (error instanceof StoreUnavailable || !isOutage(error)) return error;
  return new StoreUnavailable((error as Error).message, { cause: error });
}

/** What an append led to on the server, which looks at ids alone. */
export type ServerAppend =
  { readonly kind: 'success'; readonly lastRevision: number } | { readonly kind: 'wrong-revision' };

/** Where a doorbell rings. */
export type LiveListener = {
  confirmed(): void;
  arrived(event: AllStreamRecordedEvent): void;
  ended(): void;
};

/** One client of the server. Every answer comes from the leader, so that what was written is read. */
export class ServerSession {
  private readonly client: EventStoreDBClient;

  constructor(address: KurrentDbAddress) {
    this.client = EventStoreDBClient.connectionString(address.connectionString);
  }

  async append(
    streamId: string,
    events: EventData[],
    expectedRevision: AppendExpectedRevision,
  ): Promise<ServerAppend> {
    try {
      const options = {
        expectedRevision,
        requiresLeader: true,
        batchAppendSize: REQUEST_BYTES,
        deadline: APPEND_TIMEOUT_MS,
      };
      // The server takes the second sending of what it has recorded for the first: the ids are the same.
      const result = await againOnce(() =>
        inTime(this.client.appendToStream(streamId, events, options)),
      );
      return { kind: 'success', lastRevision: Number(result.nextExpectedRevision) };
    } catch (error) {
      if (error instanceof WrongExpectedVersionError) return { kind: 'wrong-revision' };
      throw asStoreError(error);
    }
  }

  /** Empty for a stream that does not exist. */
  async readStream(
    streamId: string,
    direction: 'forwards' | 'backwards',
    from: number | 'start' | 'end',
    maxCount: number,
  ): Promise<ServerEvent[]> {
    const fromRevision = typeof from === 'number' ? BigInt(from) : from;
    try {
      const options = { direction, fromRevision, maxCount, requiresLeader: true };
      return await againOnce(() => gathered(this.client.readStream(streamId, options)));
    } catch (error) {
      if (error instanceof StreamNotFoundError) return [];
      throw asStoreError(error);
    }
  }

  /** A page of the whole log with the system's events in it. Forwards, the position is part of it. */
  async readAll(
    direction: 'forwards' | 'backwards',
    from: number | 'start' | 'end',
    maxCount: number,
  ): Promise<AllStreamRecordedEvent[]> {
    const place = typeof from === 'number' ? BigInt(from) : null;
    const fromPosition = place === null ? (from as 'start') : { commit: place, prepare: place };
    try {
      const options = { direction, fromPosition, maxCount, requiresLeader: true };
      return await againOnce(() => gathered(this.client.readAll(options)));
    } catch (error) {
      throw asStoreError(error);
    }
  }

  /** Tells of what is recorded from now on, until it ends. Returns how to end it. */
  listen(listener: LiveListener): () => void {
    const subscription = this.client.subscribeToAll({
      fromPosition: 'end',
      filter: excludeSystemEvents(),
    });
    let hasEnded = false;
    const end = (): void => {
      if (hasEnded) return;
      hasEnded = true;
      listener.ended();
    };
    subscription
      .on('confirmation', () => listener.confirmed())
      .on('data', ({ event }) => {
        if (event !== undefined) listener.arrived(event);
      })
      .on('error', end)
      .on('end', end)
      .on('close', end);
    return () => {
      hasEnded = true;
      subscription.unsubscribe().catch(() => undefined);
    };
  }

  async close(): Promise<void> {
    await this.client.dispose();
  }
}

async function gathered<Event>(found: AsyncIterable<{ readonly event?: Event }>): Promise<Event[]> {
  const events: Event[] = [];
  for await (const { event } of found) if (event !== undefined) events.push(event);
  return events;
}

/** The first call after the server came back fails, as its connection is found to be dead by it. */
async function againOnce<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isOutage(error) || error instanceof StoreUnavailable) throw error;
    await wait(AGAIN_AFTER_MS);
    return await work();
  }
}

/** The client waits for ever for an answer that the server dropped. */
async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new StoreUnavailable('the event store did not answer an append in time'));
    }, APPEND_TIMEOUT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
