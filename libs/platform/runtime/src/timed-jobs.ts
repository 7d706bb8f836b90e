import { epochMillis, type Instant, instantOfEpochMillis } from '@encaisse/kernel';
import type { Database } from '@encaisse/platform/postgres';
import type { Clock } from '@encaisse/platform/clock';
import { fence, type Lease, type Leases, underLease } from '@encaisse/platform/leases';
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

type DueJob = { readonly job: TimedJob; readonly at: Instant; readonly lease: Lease };

type StepClock = (at: Instant) => void;

/**
 * Runs timed jobs when the clock reaches them, oldest first, each due instant once. What fell due while
 * the product was down is caught up at start. Its progress is a plain row, its effects are events.
 * Of several copies of a service one runs a job at a time, under the job's lease.
 */
export class TimedJobs {
  private readonly jobs: TimedJob[] = [];
  private readonly held = new Map<string, Lease>();
  private timer: NodeJS.Timeout | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly leases: Leases,
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
      // The time is asked for in the turn: a development clock may go back while it waits.
      this.inTurn(() => this.serve(this.clock.now(), undefined, false)).catch((error: unknown) => {
        this.logger.error({ error: (error as Error).message }, 'timed jobs wait');
      });
    }, TICK_MILLIS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.turn.catch(() => undefined);
    for (const lease of this.held.values()) await this.leases.release(lease);
    this.held.clear();
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
    await this.takeFreeLeases();
    let served = 0;
    for (;;) {
      const due = await this.firstDue(until);
      if (!due) return served;
      step?.(due.at);
      if (isCatchUp) this.logger.info({ job: due.job.name, dueAt: due.at }, 'catching up');
      try {
        await this.runOne(due.job, due.at, due.lease);
      } catch (error) {
        const { message } = error as Error;
        this.logger.error({ job: due.job.name, dueAt: due.at, error: message }, 'a job failed');
        return served;
      }
      served += 1;
    }
  }

  private async runOne(job: TimedJob, dueAt: Instant, lease: Lease): Promise<void> {
    await underLease(lease, () => job.run(dueAt));
    await this.database.transaction(async (session) => {
      await fence(session, lease);
      await session.query(
        'update platform.timed_jobs set done_until = $2 where name = $1 and done_until < $2',
        [job.name, dueAt],
      );
    });
  }

  /** A job whose lease another copy holds is that copy's to run. */
  private async takeFreeLeases(): Promise<void> {
    for (const { name } of this.jobs) {
      const held = this.held.get(name);
      if (held?.isHeld === true) continue;
      held?.end();
      this.held.delete(name);
      const lease = await this.leases.acquire(`job.${name}`);
      if (lease === null) continue;
      this.leases.renewRegularly(lease);
      this.held.set(name, lease);
    }
  }

  private async firstDue(until: Instant): Promise<DueJob | null> {
    const rows = await this.database.query<{ name: string; done_until: Date }>(
      'select name, done_until from platform.timed_jobs',
    );
    let first: DueJob | null = null;
    for (const job of this.jobs) {
      const row = rows.find(({ name }) => name === job.name);
      const lease = this.held.get(job.name);
      if (!row || lease?.isHeld !== true) continue;
      const at = job.nextAfter(instantOfEpochMillis(row.done_until.getTime()));
      if (at === null || epochMillis(at) > epochMillis(until)) continue;
      if (first === null || at < first.at) first = { job, at, lease };
    }
    return first;
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.turn.catch(() => undefined).then(work);
    this.turn = turn;
    return turn;
  }
}
