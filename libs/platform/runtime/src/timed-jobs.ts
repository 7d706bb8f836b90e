import { epochMillis, type Instant, instantOfEpochMillis } from '@encaisse/kernel';
import type { Database } from '@encaisse/platform/postgres';
import type { Clock } from '@encaisse/platform/clock';
import type { Logger } from './logger';

/** Work that falls due at business instants, such as the evening's telecollection. */
export type TimedJob = {
  readonly name: string;
  /** The first due instant after another; null when none is known. */
  nextAfter(after: Instant): Instant | null;
  /** Does what was due at an instant. Idempotent: a crash makes it run again. */
  run(dueAt: Instant): Promise<void>;
};

const TICK_MILLIS = 1000;

type StepClock = (at: Instant) => void;

/**
 * Runs timed jobs when the clock reaches them, oldest first, each due instant once. What fell due while
 * the product was down is caught up at start. Its progress is a plain row, its effects are events.
 */
export class TimedJobs {
  private readonly jobs: TimedJob[] = [];
  private timer: NodeJS.Timeout | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  register(job: TimedJob): void {
    this.jobs.push(job);
  }

  async start(): Promise<void> {
    for (const job of this.jobs) {
      await this.database.query(
        `insert into platform.timed_jobs (name, done_until) values ($1, $2)
         on conflict (name) do nothing`,
        [job.name, this.clock.now()],
      );
    }
    await this.runDue(this.clock.now(), undefined, true);
    this.timer = setInterval(() => {
      void this.runDue(this.clock.now());
    }, TICK_MILLIS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.turn.catch(() => undefined);
  }

  /** Forgets that instants after `at` were done: a development clock went back. */
  async rewindTo(at: Instant): Promise<void> {
    await this.inTurn(() =>
      this.database.query('update platform.timed_jobs set done_until = $1 where done_until > $1', [
        at,
      ]),
    );
  }

  /** Runs everything due until an instant, oldest first. Returns how many due instants were served. */
  runDue(until: Instant, stepClock?: StepClock, isCatchUp = false): Promise<number> {
    return this.inTurn(() => this.serve(until, stepClock, isCatchUp));
  }

  private async serve(until: Instant, step: StepClock | undefined, isCatchUp: boolean) {
    let served = 0;
    for (;;) {
      const due = await this.firstDue(until);
      if (!due) return served;
      step?.(due.at);
      if (isCatchUp) this.logger.info({ job: due.job.name, dueAt: due.at }, 'catching up');
      try {
        await due.job.run(due.at);
      } catch (error) {
        const { message } = error as Error;
        this.logger.error({ job: due.job.name, dueAt: due.at, error: message }, 'a job failed');
        return served;
      }
      await this.database.query(
        'update platform.timed_jobs set done_until = $2 where name = $1 and done_until < $2',
        [due.job.name, due.at],
      );
      served += 1;
    }
  }

  private async firstDue(until: Instant): Promise<{ job: TimedJob; at: Instant } | null> {
    const rows = await this.database.query<{ name: string; done_until: Date }>(
      'select name, done_until from platform.timed_jobs',
    );
    let first: { job: TimedJob; at: Instant } | null = null;
    for (const job of this.jobs) {
      const row = rows.find(({ name }) => name === job.name);
      if (!row) continue;
      const at = job.nextAfter(instantOfEpochMillis(row.done_until.getTime()));
      if (at === null || epochMillis(at) > epochMillis(until)) continue;
      if (first === null || at < first.at) first = { job, at };
    }
    return first;
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.turn.catch(() => undefined).then(work);
    this.turn = turn;
    return turn;
  }
}
