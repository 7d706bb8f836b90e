import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { Database } from '@encaisse/platform/postgres';
import { Lease, LeaseLost, underLease } from './lease';

export type LeaseLogger = {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
};

export type LeasesOptions = {
  readonly database: Database;
  readonly logger: LeaseLogger;
  /** How long a lease outlives its last renewal. */
  readonly lifetimeMillis?: number;
};

/** Work that is done wherever its lease is held, until it is stopped. */
export type HeldWork = {
  readonly name: string;
  /** Whether this process does the work right now. */
  readonly isHolder: boolean;
  /** Whether the first try got the lease. */
  readonly firstTry: Promise<boolean>;
  /** Ends the work, gives the lease back and stops trying to get it. */
  stop(): Promise<void>;
};

const LIFETIME_MILLIS = 6000;
/** What is left unused of a lease, for the time a statement may take to be sent. */
const MARGIN = 0.2;

/**
 * Leases kept as rows of the database every copy of a service shares: one holder at a time, found again
 * within one lifetime when the holder died. Its clock is the database's; a holder measures on its own
 * monotonic clock and stops before the others may begin.
 */
export class Leases {
  /** Told in the row, for operators: host and process, and an id that no restart repeats. */
  readonly holder = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;
  private readonly lifetimeMillis: number;

  constructor(private readonly options: LeasesOptions) {
    this.lifetimeMillis = options.lifetimeMillis ?? LIFETIME_MILLIS;
  }

  /**
   * Does work in one process at a time: wherever the lease is held, from when it is got until it is
   * lost, again and again. The work ends when `lease.signal` is aborted; work that throws or returns
   * earlier gives the lease back and is begun again after a pause, here or elsewhere. It may last for
   * ever, so it runs what appends in turns of `underLease` itself.
   */
  hold(name: string, work: (lease: Lease) => Promise<void>): HeldWork {
    const run = new Holding(name, work, this, this.options.logger, this.lifetimeMillis);
    run.begin();
    return run;
  }

  /** Waits for the lease, does work under it, gives it back. */
  async during<Result>(name: string, work: (lease: Lease) => Promise<Result>): Promise<Result> {
    let lease = await this.acquire(name);
    while (lease === null) {
      await pause(this.lifetimeMillis / 40);
      lease = await this.acquire(name);
    }
    const got = lease;
    this.renewRegularly(got);
    try {
      return await underLease(got, () => work(got));
    } finally {
      await this.release(got);
    }
  }

  /** The lease when it is free or has run out, null while another holds it. */
  async acquire(name: string): Promise<Lease | null> {
    const askedAt = performance.now();
    const [row] = await this.options.database.query<{ epoch: number }>(
      `insert into platform.leases (name, holder, epoch, expires_at)
       values ($1, $2, 1, clock_timestamp() + $3 * interval '1 millisecond')
       on conflict (name) do update
         set holder = excluded.holder, epoch = leases.epoch + 1, expires_at = excluded.expires_at
         where leases.expires_at < clock_timestamp()
       returning epoch`,
      [name, this.holder, this.lifetimeMillis],
    );
    return row ? new Lease(name, row.epoch, this.deadlineAfter(askedAt)) : null;
  }

  /** False when the lease went to another holder, or was given back while this was asked for. */
  async renew(lease: Lease): Promise<boolean> {
    const askedAt = performance.now();
    const rows = await this.options.database.query(
      `update platform.leases set expires_at = clock_timestamp() + $3 * interval '1 millisecond'
       where name = $1 and epoch = $2 and holder is not null returning epoch`,
      [lease.name, lease.epoch, this.lifetimeMillis],
    );
    if (rows.length === 0) return false;
    lease.prolong(this.deadlineAfter(askedAt));
    return true;
  }

  /** Lets the next one take it at once. An outage here only costs the rest of the lifetime. */
  async release(lease: Lease): Promise<void> {
    lease.end();
    await this.options.database
      .query(
        `update platform.leases set expires_at = '-infinity', holder = null
         where name = $1 and epoch = $2`,
        [lease.name, lease.epoch],
      )
      .catch((error: unknown) => {
        const details = { lease: lease.name, error: (error as Error).message };
        this.options.logger.warn(details, 'a lease could not be given back and runs out by itself');
      });
  }

  /** Renews until the lease ends, and ends it when it is lost. */
  renewRegularly(lease: Lease): void {
    if (lease.signal.aborted) return;
    const timer = setInterval(() => {
      this.renew(lease).then(
        (isKept) => {
          if (!isKept) lease.end();
        },
        // The database may be back before the deadline; after it the lease is lost by itself.
        () => {
          if (!lease.isHeld) lease.end();
        },
      );
    }, this.lifetimeMillis / 4);
    timer.unref();
    lease.signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  }

  private deadlineAfter(askedAt: number): number {
    return askedAt + this.lifetimeMillis * (1 - MARGIN);
  }
}

/** One name's turns of trying, holding and losing. */
class Holding implements HeldWork {
  private lease: Lease | null = null;
  private loop: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();
  private tellFirstTry: (isGot: boolean) => void = () => undefined;
  readonly firstTry = new Promise<boolean>((resolve) => (this.tellFirstTry = resolve));

  constructor(
    readonly name: string,
    private readonly work: (lease: Lease) => Promise<void>,
    private readonly leases: Leases,
    private readonly logger: LeaseLogger,
    private readonly lifetimeMillis: number,
  ) {}

  get isHolder(): boolean {
    return this.lease?.isHeld ?? false;
  }

  begin(): void {
    this.loop = this.turns();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.lease?.end();
    await this.loop;
    this.tellFirstTry(false);
  }

  private async turns(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const lease = await this.tryAcquire();
      this.tellFirstTry(lease !== null);
      if (lease !== null) await this.serve(lease);
      await pause(this.lifetimeMillis / 6, this.stopping.signal);
    }
  }

  private async tryAcquire(): Promise<Lease | null> {
    try {
      return await this.leases.acquire(this.name);
    } catch (error) {
      this.tell(error, 'a lease cannot be asked for: the database does not answer');
      return null;
    }
  }

  private async serve(lease: Lease): Promise<void> {
    this.lease = lease;
    // The stop may have come while the lease was asked for.
    if (this.stopping.signal.aborted) lease.end();
    this.logger.info({ lease: this.name, epoch: lease.epoch }, 'a lease is held');
    this.leases.renewRegularly(lease);
    try {
      if (!lease.signal.aborted) await this.work(lease);
    } catch (error) {
      if (!(error instanceof LeaseLost && this.stopping.signal.aborted))
        this.tell(error, 'work under a lease failed and is begun again');
    } finally {
      await this.leases.release(lease);
      this.lease = null;
    }
  }

  private tell(error: unknown, message: string): void {
    this.logger.warn({ lease: this.name, error: (error as Error).message }, message);
  }
}

async function pause(millis: number, signal?: AbortSignal): Promise<void> {
  try {
    await wait(millis, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
  }
}

/** Resolves when a lease ends: the whole body of work that only listens and reacts. */
export function untilEnded(lease: Lease): Promise<void> {
  return new Promise((resolve) => {
    if (lease.signal.aborted) return resolve();
    lease.signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
