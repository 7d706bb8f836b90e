import { Injectable } from '@nestjs/common';
import { resetPassword, userStream } from '@encaisse/access/domain';
import { epochMillis, type Instant, instantOfEpochMillis } from '@encaisse/kernel';
import { newReadablePassword, Sessions } from '@encaisse/platform/access';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, Streams } from '@encaisse/platform/event-store';
import { type Caller, orProblem } from '@encaisse/platform/http';
import { Database } from '@encaisse/platform/postgres';
import { UserAccounts, type UserOutcome } from '../users/user-accounts';
import type { Delivery } from '../users/user-bodies';
import { contactProblem, USER_PROBLEMS } from '../users/user-problems';
import { Passwords } from './passwords';

/** First credentials and those after a reset are good for a day. */
const LIFETIME_MILLIS = 86_400_000;

export type CredentialsRequest = {
  readonly userId: string;
  readonly resetId: string;
  readonly delivery: Delivery;
};

export type IssuedCredentials = UserOutcome & {
  /** Null for a link, and when the same request was answered before. */
  readonly temporaryPassword: string | null;
};

/** The way in, at first and after a lock (AUTH-02, AUTH-12). */
@Injectable()
export class FirstCredentials {
  constructor(
    private readonly streams: Streams,
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly sessions: Sessions,
    private readonly accounts: UserAccounts,
    private readonly clock: Clock,
  ) {}

  /** Former passwords and sessions end; a lock is lifted. */
  async issue(
    { userId, resetId, delivery }: CredentialsRequest,
    caller: Caller,
    metadata: EventMetadata,
  ): Promise<IssuedCredentials> {
    refuseManagersPasswords(caller);
    const at = this.clock.now();
    const expiresAt = instantOfEpochMillis(epochMillis(at) + LIFETIME_MILLIS);
    const command = {
      managerId: caller.person?.userId ?? null,
      managerProfile: caller.person?.profile ?? null,
      resetId,
      delivery,
      expiresAt,
      at,
    };
    const { decision, position, isReplay } = await this.streams.decide(
      userStream,
      userId,
      (user) => resetPassword(command, user),
      metadata,
    );
    orProblem(decision, USER_PROBLEMS);
    const temporaryPassword = isReplay ? null : await this.give(userId, at, expiresAt);
    await this.accounts.reached({ userId, position, isReplay });
    return { userId, position, isReplay, temporaryPassword };
  }

  private async give(userId: string, at: Instant, until: Instant): Promise<string> {
    const password = newReadablePassword();
    const hash = await this.passwords.hash(password);
    await this.database.transaction(async (session) => {
      await this.passwords.set(session, userId, hash, at, { until });
      await this.sessions.endAll(userId, at, session);
    });
    return password;
  }
}

/** First passwords come from support; a manager sends links (`permissions.md` §4). */
function refuseManagersPasswords({ person }: Caller): void {
  if (person && person.profile !== 'SUPPORT')
    throw contactProblem('delivery-not-allowed', 'send a link instead');
}
