import { Injectable } from '@nestjs/common';
import { Problem, problems } from '@encaisse/platform/http';
import { Database } from '@encaisse/platform/postgres';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';

const FAILURES_PER_WINDOW = 30;
const WINDOW_SECONDS = 60;

export const THROTTLE_PROBLEMS = problems({
  'too-many-attempts': { status: 429, title: 'There were too many attempts from this address' },
});

/**
 * Failures per source address, shared by all copies: guessing costs time whatever the logins, and what
 * is refused here costs no password hash.
 */
@Injectable()
export class SignInThrottle {
  private readonly limiter: RateLimiterPostgres;

  constructor(database: Database) {
    this.limiter = new RateLimiterPostgres({
      storeClient: database.pool,
      storeType: 'pool',
      schemaName: 'access',
      tableName: 'attempts',
      tableCreated: true,
      keyPrefix: 'sign-in',
      points: FAILURES_PER_WINDOW,
      duration: WINDOW_SECONDS,
      inMemoryBlockOnConsumed: FAILURES_PER_WINDOW,
      clearExpiredByTimeout: false,
    });
  }

  /** Takes one attempt of an address before it is made. Throws a problem when none is left. */
  async take(address: string): Promise<void> {
    try {
      await this.limiter.consume(address);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
      throw new Problem(
        'too-many-attempts',
        THROTTLE_PROBLEMS['too-many-attempts'],
        `try again in ${retryAfterSeconds} seconds`,
        { retryAfterSeconds },
      );
    }
  }

  /** Gives the attempt back: it was no failure. */
  async giveBack(address: string): Promise<void> {
    await this.limiter.reward(address);
  }
}
