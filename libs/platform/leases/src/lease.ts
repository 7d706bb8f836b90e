import { AsyncLocalStorage } from 'node:async_hooks';
import type { SqlSession } from '@encaisse/platform/postgres';

/** Something was about to be done under a lease that this process holds no longer. */
export class LeaseLost extends Error {
  constructor(name: string, epoch: number) {
    super(`the lease ${name} of epoch ${epoch} is held no longer: nothing more is done under it`);
  }
}

/**
 * The right to be the only one that does something, for a while. Its epoch grows with every change of
 * hands, so that what a former holder still tries can be told from what the present one does.
 */
export class Lease {
  private deadline: number;
  private readonly abort = new AbortController();

  /** The deadline is on the machine's monotonic clock, which goes on while a process is stopped. */
  constructor(
    readonly name: string,
    readonly epoch: number,
    deadline: number,
  ) {
    this.deadline = deadline;
  }

  /** Aborted once the lease is lost or given back. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** False as soon as another process may have taken it: a process that was paused sees it on waking. */
  get isHeld(): boolean {
    return !this.abort.signal.aborted && performance.now() < this.deadline;
  }

  /** Throws LeaseLost when it is held no longer. */
  assertHeld(): void {
    if (!this.isHeld) throw new LeaseLost(this.name, this.epoch);
  }

  /** A renewal asked for in time keeps the lease until a later deadline. */
  prolong(deadline: number): void {
    this.deadline = deadline;
  }

  end(): void {
    this.abort.abort();
  }
}

/**
 * Makes a transaction void unless the lease is still held at its commit: the row stays locked until
 * then, so nobody can take the lease in between. Throws LeaseLost.
 */
export async function fence(session: SqlSession, lease: Lease): Promise<void> {
  lease.assertHeld();
  const rows = await session.query(
    'select 1 from platform.leases where name = $1 and epoch = $2 for share',
    [lease.name, lease.epoch],
  );
  if (rows.length === 0) throw new LeaseLost(lease.name, lease.epoch);
}

const leaseOfWork = new AsyncLocalStorage<Lease>();
let worksUnderWay = 0;

/**
 * Runs work whose appends are refused once the lease is lost. See `assertLeaseOfWork`. For work that
 * ends: while any is under way, Node tells every promise of the process whose it is, and requests pay
 * for that. What work leaves running after it has resolved is asked no more.
 */
export async function underLease<Result>(
  lease: Lease,
  work: () => Promise<Result>,
): Promise<Result> {
  worksUnderWay += 1;
  try {
    return await leaseOfWork.run(lease, work);
  } finally {
    worksUnderWay -= 1;
    if (worksUnderWay === 0) leaseOfWork.disable();
  }
}

/**
 * Throws LeaseLost when the work it is called from runs under a lease that was lost. The log asks
 * before every append: a process that slept through its lease appends nothing when it wakes.
 */
export function assertLeaseOfWork(): void {
  leaseOfWork.getStore()?.assertHeld();
}
