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
/** How far a batch looks past appends that must wait for a stream, so that a long queue stays cheap. */
const LOOK_AHEAD = 1_000;

/**
 * Group commit: while one batch is on its way, appends gather for the next. Appends that touch the
 * same stream or the same event never share a batch, and keep the order in which they came.
 */
export class CommitQueue {
  private queue: Waiting[] = [];
  private taken = 0;
  private isRunning = false;
  private readonly idle = new Set<() => void>();

  constructor(private readonly commit: CommitBatch) {}

  submit(append: PreparedAppend): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      this.queue.push({ append, resolve, reject });
      if (this.isRunning) return;
      this.isRunning = true;
      // What the same turn of the event loop submits still joins the first batch.
      queueMicrotask(() => void this.run());
    });
  }

  /** Resolves once all that was submitted is answered. */
  async drain(): Promise<void> {
    if (!this.isRunning) return;
    await new Promise<void>((resolve) => this.idle.add(resolve));
  }

  private async run(): Promise<void> {
    while (this.taken < this.queue.length) {
      await this.commitNext();
      // Writers that wait for an answer to send their next append get to join the next batch.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.isRunning = false;
    for (const resolve of this.idle) resolve();
    this.idle.clear();
  }

  private async commitNext(): Promise<void> {
    const batch = this.takeBatch();
    try {
      const results = await this.commit(batch.map(({ append }) => append));
      for (const [index, { resolve }] of batch.entries()) resolve(results[index]!);
    } catch (error) {
      if (isOutage(error)) this.rejectAll(batch, error);
      else await this.commitEach(batch, error);
    }
  }

  /** A fault of one append must not fail its neighbours. */
  private async commitEach(batch: readonly Waiting[], fault: unknown): Promise<void> {
    if (batch.length === 1) return batch[0]!.reject(fault);
    for (const { append, resolve, reject } of batch) {
      try {
        resolve((await this.commit([append]))[0]!);
      } catch (error) {
        reject(error);
      }
    }
  }

  /** Those still queued waited through the outage too, and learn of it now rather than one by one. */
  private rejectAll(batch: readonly Waiting[], error: unknown): void {
    const all = [...batch, ...this.queue.slice(this.taken)];
    this.queue = [];
    this.taken = 0;
    for (const { reject } of all) reject(error);
  }

  private takeBatch(): Waiting[] {
    const batch: Waiting[] = [];
    const deferred: Waiting[] = [];
    const touched = new Set<string>();
    let events = 0;
    let next = this.taken;
    const end = Math.min(this.queue.length, next + BATCH_EVENTS + LOOK_AHEAD);
    for (; next < end && events < BATCH_EVENTS; next += 1) {
      const waiting = this.queue[next]!;
      const { eventCount } = waiting.append;
      if (batch.length > 0 && events + eventCount > BATCH_EVENTS) break;
      if (touch(waiting.append, touched)) {
        batch.push(waiting);
        events += eventCount;
      } else deferred.push(waiting);
    }
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

/** Marks what an append touches; false when an earlier one touched some of it. */
function touch({ writes }: PreparedAppend, touched: Set<string>): boolean {
  let isFree = true;
  for (const { streamId, events } of writes) {
    if (touched.has(streamId)) isFree = false;
    touched.add(streamId);
    for (const { eventId } of events) {
      if (touched.has(eventId)) isFree = false;
      touched.add(eventId);
    }
  }
  return isFree;
}
