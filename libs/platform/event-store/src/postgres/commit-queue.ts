import type { AppendResult } from '../event-store';
import type { PreparedAppend } from '../prepared-append';
import { isOutage } from './postgres-session';

type Waiting = {
  readonly append: PreparedAppend;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
};

/** Commits a batch; answers each of its appends in order. */
export type CommitBatch = (batch: readonly PreparedAppend[]) => Promise<readonly AppendResult[]>;

const BATCH_EVENTS = 500;
/**
 * Fewer waiting events than this wait for the batch under way: below it a commit costs more than what
 * a second lane gains (1.7 against 1.1 times plain SQL at 32 writers), above it less.
 */
const LANE_EVENTS = 64;
/** How far a batch looks past appends that must wait for a stream, so that a long queue stays cheap. */
const LOOK_AHEAD = 1_000;

/**
 * Group commit: while batches are on their way, appends gather for the next. There are a few lanes,
 * each with one batch under way, so that the database works on one while this process deals with the
 * other. Appends that touch the same stream or event id are never under way together, and keep the
 * order in which they came.
 */
export class CommitQueue {
  private queue: Waiting[] = [];
  private taken = 0;
  private readonly touched = new Set<string>();
  private eventsUnderWay = 0;
  private eventsWaiting = 0;
  private readonly freeLanes: CommitBatch[];
  private isStarting = false;
  private readonly idle = new Set<() => void>();

  constructor(private readonly lanes: readonly CommitBatch[]) {
    this.freeLanes = [...lanes];
  }

  submit(append: PreparedAppend): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      this.queue.push({ append, resolve, reject });
      this.eventsWaiting += append.eventCount;
      if (this.isStarting || this.freeLanes.length === 0) return;
      this.isStarting = true;
      // What the same turn of the event loop submits still joins the first batch.
      queueMicrotask(() => this.startLanes());
    });
  }

  /** Resolves once all that was submitted is answered. */
  async drain(): Promise<void> {
    if (this.isIdle()) return;
    await new Promise<void>((resolve) => this.idle.add(resolve));
  }

  private isIdle(): boolean {
    return this.freeLanes.length === this.lanes.length && this.taken === this.queue.length;
  }

  private startLanes(): void {
    this.isStarting = false;
    for (;;) {
      const lane = this.freeLanes.at(-1);
      const batch = lane === undefined ? [] : this.takeBatch();
      if (lane === undefined || batch.length === 0) break;
      this.freeLanes.pop();
      void this.run(lane, batch);
    }
    if (!this.isIdle()) return;
    for (const resolve of this.idle) resolve();
    this.idle.clear();
  }

  private async run(lane: CommitBatch, batch: readonly Waiting[]): Promise<void> {
    await this.commit(lane, batch);
    this.release(batch);
    this.freeLanes.push(lane);
    if (this.isStarting) return;
    this.isStarting = true;
    // Writers that wait for an answer to send their next append get to join the next batch. The lane
    // freed last is used first: a lone writer stays on one connection.
    setImmediate(() => this.startLanes());
  }

  private async commit(lane: CommitBatch, batch: readonly Waiting[]): Promise<void> {
    try {
      const results = await lane(batch.map(({ append }) => append));
      for (const [index, { resolve }] of batch.entries()) resolve(results[index]!);
    } catch (error) {
      if (isOutage(error)) this.rejectAll(batch, error);
      else await commitEach(lane, batch, error);
    }
  }

  private release(batch: readonly Waiting[]): void {
    for (const { append } of batch) {
      this.eventsUnderWay -= append.eventCount;
      for (const key of keysOf(append)) this.touched.delete(key);
    }
  }

  /** Those still queued waited through the outage too, and learn of it now rather than one by one. */
  private rejectAll(batch: readonly Waiting[], error: unknown): void {
    const all = [...batch, ...this.queue.slice(this.taken)];
    this.queue = [];
    this.taken = 0;
    this.eventsWaiting = 0;
    for (const { reject } of all) reject(error);
  }

  /** A fair share of what waits for each lane, in order, without what touches things under way. */
  private takeBatch(): Waiting[] {
    if (this.eventsUnderWay > 0 && this.eventsWaiting < LANE_EVENTS) return [];
    const total = this.eventsWaiting + this.eventsUnderWay;
    const share = Math.max(LANE_EVENTS, Math.ceil(total / this.lanes.length));
    const limit = Math.min(BATCH_EVENTS, share);
    const batch: Waiting[] = [];
    const deferred: Waiting[] = [];
    const skipped = new Set<string>();
    let events = 0;
    let next = this.taken;
    const end = Math.min(this.queue.length, next + BATCH_EVENTS + LOOK_AHEAD);
    for (; next < end && events < limit; next += 1) {
      const waiting = this.queue[next]!;
      const { eventCount } = waiting.append;
      if (batch.length > 0 && events + eventCount > BATCH_EVENTS) break;
      const keys = keysOf(waiting.append);
      if (keys.some((key) => this.touched.has(key) || skipped.has(key))) {
        for (const key of keys) skipped.add(key);
        deferred.push(waiting);
        continue;
      }
      for (const key of keys) this.touched.add(key);
      batch.push(waiting);
      events += eventCount;
    }
    this.eventsUnderWay += events;
    this.eventsWaiting -= events;
    this.putBack(deferred, next);
    return batch;
  }

  private putBack(deferred: readonly Waiting[], next: number): void {
    this.taken = next - deferred.length;
    for (const [index, waiting] of deferred.entries()) this.queue[this.taken + index] = waiting;
    if (this.taken < 4_096 && this.taken < this.queue.length) return;
    this.queue = this.queue.slice(this.taken);
    this.taken = 0;
  }
}

/** A fault of one append must not fail its neighbours. */
async function commitEach(
  lane: CommitBatch,
  batch: readonly Waiting[],
  fault: unknown,
): Promise<void> {
  if (batch.length === 1) return batch[0]!.reject(fault);
  for (const { append, resolve, reject } of batch) {
    try {
      resolve((await lane([append]))[0]!);
    } catch (error) {
      reject(error);
    }
  }
}

/** The streams and event ids that an append touches. */
function keysOf({ writes }: PreparedAppend): string[] {
  const keys: string[] = [];
  for (const { streamId, events } of writes) {
    keys.push(streamId);
    for (const { eventId } of events) keys.push(eventId);
  }
  return keys;
}
