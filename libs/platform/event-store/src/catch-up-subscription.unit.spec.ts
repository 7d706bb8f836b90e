import fc from 'fast-check';
import { CatchUpSubscription, type SubscriptionSource } from './catch-up-subscription';
import type { Position, RecordedEvent } from './event-store';
import { PositionSignal } from './position-signal';

const BATCH = 3;

/** Lets everything that was resolved so far run on. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

const positionsOf = (events: readonly RecordedEvent[]) => events.map(({ position }) => position);

type Asked = { readonly after: Position; readonly answer: () => void; readonly fail: () => void };

/** A log whose answers come when the test says so, as a database's do. */
class AnsweringLog implements SubscriptionSource {
  /** The positions that reads were asked after, in their order. */
  readonly asked: Position[] = [];
  private readonly unanswered: Asked[] = [];
  private readonly signal = new PositionSignal();
  private length = 0;

  append(count: number): void {
    this.length += count;
    this.signal.advance(this.length);
  }

  get last(): Position {
    return this.length;
  }

  read(after: Position, limit: number): Promise<readonly RecordedEvent[]> {
    this.asked.push(after);
    return new Promise((resolve, reject) => {
      const answer = () => resolve(this.between(after, Math.min(after + limit, this.length)));
      const fail = () => reject(new Error('the log is gone'));
      this.unanswered.push({ after, answer, fail });
    });
  }

  changed(after: Position, signal: AbortSignal): Promise<void> {
    return this.signal.beyond(after, signal);
  }

  get waiting(): number {
    return this.unanswered.length;
  }

  async answer(): Promise<void> {
    this.unanswered.shift()?.answer();
    await settled();
  }

  async fail(): Promise<void> {
    this.unanswered.shift()?.fail();
    await settled();
  }

  private between(after: Position, last: Position): readonly RecordedEvent[] {
    return Array.from(
      { length: last - after },
      (_, index) => ({ position: after + 1 + index }) as RecordedEvent,
    );
  }
}

/** A subscriber whose work on a batch ends when the test says so. */
class WorkingReader {
  readonly batches: (readonly Position[])[] = [];
  mostAtOnce = 0;
  private readonly inWork: (() => void)[] = [];

  readonly onBatch = async (events: readonly RecordedEvent[]): Promise<void> => {
    this.batches.push(positionsOf(events));
    await new Promise<void>((resolve) => {
      this.inWork.push(resolve);
      this.mostAtOnce = Math.max(this.mostAtOnce, this.inWork.length);
    });
  };

  get isWorking(): boolean {
    return this.inWork.length > 0;
  }

  async finish(): Promise<void> {
    this.inWork.shift()?.();
    await settled();
  }
}

async function subscribed(history: number, after: Position = 0) {
  const log = new AnsweringLog();
  log.append(history);
  const reader = new WorkingReader();
  const { onBatch } = reader;
  const subscription = new CatchUpSubscription(log, { after, batchSize: BATCH, onBatch });
  await settled();
  return { log, reader, subscription };
}

/** Lets a subscription end, whatever it waits for. */
async function closed({ log, reader, subscription }: Awaited<ReturnType<typeof subscribed>>) {
  const end = subscription.close();
  for (let step = 0; step < 3; step += 1) {
    await log.answer();
    await reader.finish();
  }
  await end;
}

describe('Read ahead in a subscription', () => {
  it('asks for what follows a full batch while that batch is in work, and for no more', async () => {
    const all = await subscribed(3 * BATCH);
    const { log, reader } = all;
    await log.answer();
    expect(reader.batches).toEqual([[1, 2, 3]]);
    expect(log.asked).toEqual([0, 3]);
    await log.answer();
    expect(reader.batches).toHaveLength(1);
    expect(log.asked).toEqual([0, 3]);
    await reader.finish();
    expect(reader.batches.at(-1)).toEqual([4, 5, 6]);
    expect(log.asked).toEqual([0, 3, 6]);
    await closed(all);
  });

  it('asks for nothing while a batch that was one event short is in work', async () => {
    const all = await subscribed(BATCH - 1);
    const { log, reader } = all;
    await log.answer();
    log.append(BATCH);
    await settled();
    expect(log.asked).toEqual([0]);
    await reader.finish();
    expect(log.asked).toEqual([0, 2]);
    await log.answer();
    expect(reader.batches).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
    await closed(all);
  });

  it('takes up what came while it read ahead at the very end of the log', async () => {
    const all = await subscribed(BATCH);
    const { log, reader } = all;
    await log.answer();
    await log.answer();
    log.append(1);
    await reader.finish();
    await log.answer();
    expect(reader.batches).toEqual([[1, 2, 3], [4]]);
    expect(log.asked).toEqual([0, 3, 3]);
    await closed(all);
  });

  it('hands over a batch that was read short ahead before it asks for the rest', async () => {
    const all = await subscribed(BATCH + 1);
    const { log, reader } = all;
    await log.answer();
    await log.answer();
    log.append(2);
    await reader.finish();
    expect(log.asked).toEqual([0, 3]);
    await reader.finish();
    await log.answer();
    expect(reader.batches).toEqual([[1, 2, 3], [4], [5, 6]]);
    await closed(all);
  });

  it('tells of a log that failed only when the batch before was worked on to its end', async () => {
    const { log, reader, subscription } = await subscribed(2 * BATCH);
    let failure: Error | null = null;
    const ended = subscription.done.catch((error: unknown) => (failure = error as Error));
    await log.answer();
    await log.fail();
    expect(failure).toBeNull();
    await reader.finish();
    await ended;
    expect(failure).toEqual(new Error('the log is gone'));
    expect(reader.batches).toEqual([[1, 2, 3]]);
  });

  it('hands over nothing that it had read ahead when it is closed', async () => {
    const all = await subscribed(2 * BATCH);
    await all.log.answer();
    await all.log.answer();
    await closed(all);
    await all.subscription.done;
    expect(all.reader.batches).toEqual([[1, 2, 3]]);
  });

  const steps = fc.array(
    fc.oneof(
      fc.record({ append: fc.integer({ min: 1, max: 2 * BATCH }) }),
      fc.constant('answer' as const),
      fc.constant('finish' as const),
    ),
    { maxLength: 40 },
  );

  it('L4 gives every event once and in order, whenever appends, answers and work fall', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(2 * BATCH), fc.nat(2), steps, async (history, after, order) => {
        const all = await subscribed(history + after, after);
        const { log, reader } = all;
        for (const step of order) {
          if (step === 'answer') await log.answer();
          else if (step === 'finish') await reader.finish();
          else log.append(step.append);
          expect(log.waiting).toBeLessThanOrEqual(1);
          // Only a full batch is worked on while another is read.
          if (log.waiting > 0 && reader.isWorking)
            expect(reader.batches.at(-1)).toHaveLength(BATCH);
        }
        await settled();
        while (log.waiting > 0 || reader.isWorking) {
          await log.answer();
          await reader.finish();
        }
        const expected = Array.from({ length: log.last - after }, (_, index) => after + 1 + index);
        expect(reader.batches.flat()).toEqual(expected);
        expect(reader.mostAtOnce).toBeLessThanOrEqual(1);
        await closed(all);
      }),
      { numRuns: 300 },
    );
  });
});
