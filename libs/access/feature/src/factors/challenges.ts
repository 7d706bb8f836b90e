import { Injectable } from '@nestjs/common';
import { plusMillis } from '@encaisse/kernel';
import { newSecret } from '@encaisse/platform/access';
import { Clock } from '@encaisse/platform/clock';
import { Database } from '@encaisse/platform/postgres';

const LIFETIME_MILLIS = 5 * 60_000;

export type ChallengePurpose = 'REGISTRATION' | 'SECOND_FACTOR';

/** Challenges of passkeys: good once, for five minutes, for one user and one purpose. */
@Injectable()
export class Challenges {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Replaces the one the user had for this purpose. */
  async keep(userId: string, purpose: ChallengePurpose, challenge: string): Promise<string> {
    const challengeId = newSecret();
    const now = this.clock.now();
    await this.database.transaction(async (session) => {
      await session.query(
        `delete from access.challenges
         where (user_id = $1 and purpose = $2) or expires_at <= $3`,
        [userId, purpose, now],
      );
      await session.query('insert into access.challenges values ($1, $2, $3, $4, $5)', [
        challengeId,
        userId,
        purpose,
        challenge,
        plusMillis(now, LIFETIME_MILLIS),
      ]);
    });
    return challengeId;
  }

  /** Takes a challenge out; null when it is unknown, used or too old. */
  async take(
    challengeId: string,
    userId: string,
    purpose: ChallengePurpose,
  ): Promise<string | null> {
    const [row] = await this.database.query<{ challenge: string }>(
      `delete from access.challenges
       where challenge_id = $1 and user_id = $2 and purpose = $3 and expires_at > $4
       returning challenge`,
      [challengeId, userId, purpose, this.clock.now()],
    );
    return row?.challenge ?? null;
  }
}
