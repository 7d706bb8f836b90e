import type { Timers } from '@encaisse/platform/clock';
import { Problem, problems } from './problem';

const PROBLEMS = problems({
  'too-many-requests': { status: 429, title: 'There were too many of these requests' },
});

/** Callers remembered at most; beyond, those whose time is over are forgotten. */
const CALLERS_KEPT = 10_000;

/**
 * Holds a costly request to so many within a time, for each caller of this process. Counts on the
 * monotonic clock, in windows that begin with the first request.
 */
export class RateLimit {
  private readonly windows = new Map<string, { readonly endsAt: number; count: number }>();

  constructor(
    private readonly timers: Pick<Timers, 'monotonicMillis'>,
    private readonly bounds: { readonly most: number; readonly windowMillis: number },
  ) {}

  /** Counts one request. Throws the problem of one too many, with the seconds to wait. */
  take(caller: string): void {
    const now = this.timers.monotonicMillis();
    const { most, windowMillis } = this.bounds;
    const known = this.windows.get(caller);
    if (known === undefined || known.endsAt <= now) {
      if (this.windows.size >= CALLERS_KEPT) this.forget(now);
      this.windows.set(caller, { endsAt: now + windowMillis, count: 1 });
      return;
    }
    known.count += 1;
    if (known.count <= most) return;
    const retryAfterSeconds = Math.ceil((known.endsAt - now) / 1000);
    throw new Problem(
      'too-many-requests',
      PROBLEMS['too-many-requests'],
      `at most ${most} in ${windowMillis / 1000} seconds: wait ${retryAfterSeconds} seconds`,
      { retryAfterSeconds },
    );
  }

  private forget(now: number): void {
    for (const [caller, { endsAt }] of this.windows) if (endsAt <= now) this.windows.delete(caller);
  }
}
