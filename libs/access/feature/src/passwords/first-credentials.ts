import { Injectable } from '@nestjs/common';
import { resetPassword, userStream } from '@encaisse/access/domain';
import { epochMillis, type Instant, instantOfEpochMillis, invariant } from '@encaisse/kernel';
import { newReadablePassword, newSecret, Sessions } from '@encaisse/platform/access';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, Streams } from '@encaisse/platform/event-store';
import { type Caller, orProblem } from '@encaisse/platform/http';
import { Database } from '@encaisse/platform/postgres';
import { Accounts } from '../sign-in/accounts';
import { UserAccounts, type UserOutcome } from '../users/user-accounts';
import type { Delivery } from '../users/user-bodies';
import { contactProblem, USER_PROBLEMS } from '../users/user-problems';
import { CredentialMails } from './credential-mails';
import { OneTimeLinks } from './one-time-links';
import { Passwords } from './passwords';

/** First credentials and those after a reset are good for a day. */
const LIFETIME_MINUTES = 24 * 60;

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
    private readonly accounts: Accounts,
    private readonly users: UserAccounts,
    private readonly links: OneTimeLinks,
    private readonly mails: CredentialMails,
    private readonly clock: Clock,
  ) {}

  /** Former passwords and sessions end; a lock is lifted. */
  async issue(
    { userId, resetId, delivery }: CredentialsRequest,
    caller: Caller,
    metadata: EventMetadata,
  ): Promise<IssuedCredentials> {
    assertMayDeliver(delivery, caller);
    const at = this.clock.now();
    const expiresAt = instantOfEpochMillis(epochMillis(at) + LIFETIME_MINUTES * 60_000);
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
    await this.users.reached({ userId, position, isReplay });
    const outcome = { userId, position, isReplay };
    if (isReplay) return { ...outcome, temporaryPassword: null };
    if (delivery === 'TEMPORARY_PASSWORD')
      return { ...outcome, temporaryPassword: await this.givePassword(userId, at, expiresAt) };
    await this.sendLink(userId, resetId, at, expiresAt);
    return { ...outcome, temporaryPassword: null };
  }

  private async givePassword(userId: string, at: Instant, until: Instant): Promise<string> {
    const password = newReadablePassword();
    const hash = await this.passwords.hash(password);
    await this.database.transaction(async (session) => {
      await this.passwords.set(session, userId, hash, at, { until });
      await this.sessions.endAll(userId, at, session);
    });
    return password;
  }

  /** The former password opens nothing more; the next one is chosen by whoever has the mail. */
  private async sendLink(
    userId: string,
    resetId: string,
    at: Instant,
    until: Instant,
  ): Promise<void> {
    const account = await this.accounts.byId(userId);
    invariant(account, 'a user who was reset is there');
    const unknown = await this.passwords.hash(newSecret());
    await this.database.transaction(async (session) => {
      const token = await this.links.make(session, userId, until);
      await this.passwords.set(session, userId, unknown, at, { until: at });
      await this.sessions.endAll(userId, at, session);
      await this.mails.sendLink(session, account, resetId, token, LIFETIME_MINUTES);
    });
  }
}

/** First passwords come from support; a manager sends links (`permissions.md` §4). */
export function assertMayDeliver(delivery: Delivery, { person }: Caller): void {
  if (delivery === 'TEMPORARY_PASSWORD' && person && person.profile !== 'SUPPORT')
    throw contactProblem('delivery-not-allowed', 'send a link instead');
}
