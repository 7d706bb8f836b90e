import { Injectable } from '@nestjs/common';
import { changePassword, type PasswordRefusal, userStream } from '@encaisse/access/domain';
import type { Instant } from '@encaisse/kernel';
import { type OpenedSession, Sessions } from '@encaisse/platform/access';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, Streams } from '@encaisse/platform/event-store';
import {
  type CallingPerson,
  orProblem,
  Problem,
  problemOf,
  problems,
} from '@encaisse/platform/http';
import { Database, type SqlSession } from '@encaisse/platform/postgres';
import { Accounts } from '../sign-in/accounts';
import { SignInThrottle } from '../sign-in/sign-in-throttle';
import { UserAccounts } from '../users/user-accounts';
import { USER_PROBLEMS } from '../users/user-problems';
import { Passwords } from './passwords';

export const PASSWORD_PROBLEMS = problems<
  PasswordRefusal['code'] | 'current-password-wrong' | 'passwords-differ'
>({
  'current-password-wrong': { status: 403, title: 'The current password is wrong' },
  'passwords-differ': { status: 422, title: 'The two entries of the new password differ' },
  'password-too-long': { status: 422, title: 'The new password is too long' },
  'password-too-short': { status: 422, title: 'The new password is too short' },
  'password-too-weak': { status: 422, title: 'The new password is too weak' },
  'password-too-common': { status: 422, title: 'The new password is in a list of common ones' },
  'password-used-before': { status: 422, title: 'The new password was used before' },
});

const DETAILS: Readonly<Record<PasswordRefusal['code'], string>> = {
  'password-too-long': 'newPassword: 128 characters at most',
  'password-too-short': 'newPassword: 15 characters at least while there is no second factor',
  'password-too-weak':
    'newPassword: at least « Fort »: 12 characters with lower case, upper case, digits and others',
  'password-too-common': 'newPassword: choose one that is not built on a common word',
  'password-used-before': 'newPassword: none of the last four',
};

export type PasswordChange = {
  readonly currentPassword: string;
  readonly newPassword: string;
  readonly newPasswordRepeated: string;
};

/** Passwords that people choose, at any time and when they must (AUTH-04, AUTH-07, AUTH-08). */
@Injectable()
export class PasswordChanges {
  constructor(
    private readonly streams: Streams,
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly sessions: Sessions,
    private readonly accounts: Accounts,
    private readonly users: UserAccounts,
    private readonly throttle: SignInThrottle,
    private readonly clock: Clock,
  ) {}

  /** Changes the own password; the session goes on under a new token, every other one ends. */
  async change(
    { userId, session }: CallingPerson,
    { currentPassword, newPassword, newPasswordRepeated }: PasswordChange,
    address: string,
    metadata: EventMetadata,
  ): Promise<OpenedSession> {
    refuseDifferent(newPassword, newPasswordRepeated);
    await this.throttle.take(address);
    if (!(await this.passwords.isRight(userId, currentPassword))) {
      await this.accounts.countFailure(userId);
      throw wrongPassword();
    }
    await this.throttle.giveBack(address);
    const at = this.clock.now();
    await this.choose(userId, newPassword, at, metadata, (sql) =>
      this.sessions.endAll(userId, at, sql, session.sessionId),
    );
    return this.sessions.renew(session.sessionId);
  }

  /** Sets a chosen password once it keeps every rule. Throws a problem otherwise. */
  async choose(
    userId: string,
    password: string,
    at: Instant,
    metadata: EventMetadata,
    besides: (session: SqlSession) => Promise<void>,
  ): Promise<void> {
    const account = await this.accounts.byId(userId);
    const refusal = await this.passwords.refusalOf(userId, password, (account?.factors ?? 0) > 0);
    if (refusal) throw problemOf(refusal, PASSWORD_PROBLEMS, ({ code }) => DETAILS[code]);
    const hash = await this.passwords.hash(password);
    const { decision, position, isReplay } = await this.streams.decide(
      userStream,
      userId,
      (user) => changePassword({ at }, user),
      metadata,
    );
    orProblem(decision, USER_PROBLEMS);
    await this.database.transaction(async (session) => {
      await this.passwords.set(session, userId, hash, at);
      await besides(session);
    });
    await this.users.reached({ userId, position, isReplay });
  }
}

/** The new password is typed twice (AUTH-08). */
export function refuseDifferent(password: string, repeated: string): void {
  if (password !== repeated)
    throw passwordProblem('passwords-differ', 'newPasswordRepeated: repeat newPassword exactly');
}

/** The refusal of whoever does not know the current password. */
export function wrongPassword(): Problem {
  return passwordProblem('current-password-wrong', 'currentPassword: check it');
}

function passwordProblem(
  code: 'current-password-wrong' | 'passwords-differ',
  detail: string,
): Problem {
  return new Problem(code, PASSWORD_PROBLEMS[code], detail);
}
