import { Inject, Injectable } from '@nestjs/common';
import { type Environment, epochMillis, type Instant } from '@encaisse/kernel';
import { type OpenedSession, Sessions } from '@encaisse/platform/access';
import { Clock } from '@encaisse/platform/clock';
import type { EventMetadata } from '@encaisse/platform/event-store';
import { type ActionNotes, Problem, problems } from '@encaisse/platform/http';
import { type Settings, SETTINGS_TOKEN } from '@encaisse/platform/runtime';
import { PasswordHashing } from '../passwords/password-hashing';
import { AccountLocks } from './account-locks';
import { type Account, Accounts } from './accounts';
import { SignInThrottle } from './sign-in-throttle';

const DAY_MILLIS = 86_400_000;

/** All but the first are told only to whoever gave the right password (S7). */
export const SIGN_IN_PROBLEMS = problems({
  'sign-in-refused': { status: 401, title: 'The login or the password is wrong' },
  'account-locked': { status: 403, title: 'The account is locked after too many failures' },
  'account-disabled': { status: 403, title: 'The account is closed' },
  'temporary-password-expired': { status: 403, title: 'The first password has expired' },
  'session-elsewhere': { status: 409, title: 'Somebody is signed in with this login already' },
});

type SignInCode = keyof typeof SIGN_IN_PROBLEMS;

const DETAILS: Readonly<Record<SignInCode, string>> = {
  'sign-in-refused': 'check both; after three failures the account is locked',
  'account-locked': 'ask a user manager or support for a new link',
  'account-disabled': 'ask a user manager',
  'temporary-password-expired': 'ask a user manager or support for a new one',
  'session-elsewhere': 'sign out there, or wait until it was idle for fifteen minutes',
};

export type SignInRequest = {
  readonly login: string;
  readonly password: string;
  readonly environment: Environment;
  readonly address: string;
  /** The session cookie the browser sent: signing in again replaces the own session. */
  readonly replaces: string | null;
};

/** Lets people in by login and password (AUTH-02 to AUTH-11). */
@Injectable()
export class SignIn {
  constructor(
    private readonly accounts: Accounts,
    private readonly hashing: PasswordHashing,
    private readonly throttle: SignInThrottle,
    private readonly sessions: Sessions,
    private readonly locks: AccountLocks,
    private readonly clock: Clock,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  /** The session opened. Throws a problem otherwise; the work done does not depend on the login. */
  async attempt(
    request: SignInRequest,
    notes: ActionNotes,
    metadata: EventMetadata,
  ): Promise<OpenedSession> {
    await this.throttle.take(request.address);
    const account = await this.accounts.byLogin(request.login);
    if (account) noteActor(notes, account);
    const isRight = await this.hashing.verify(account?.hash ?? null, request.password);
    if (!account || !isRight) {
      const failures = await this.accounts.countFailure(account?.userId ?? null);
      if (account && failures >= this.settings.maxFailedLogins) this.locks.lock(account, metadata);
      throw signInProblem('sign-in-refused');
    }
    const failures = await this.accounts.failures(account.userId);
    await this.throttle.giveBack(request.address);
    const at = this.clock.now();
    const code = this.refusalOf(account, failures, at);
    if (code) throw signInProblem(code);
    return this.open(account, request, at);
  }

  private refusalOf(account: Account, failures: number, at: Instant): SignInCode | null {
    if (account.isLocked || failures >= this.settings.maxFailedLogins) return 'account-locked';
    if (!account.isActive) return 'account-disabled';
    const { temporaryUntil } = account;
    return temporaryUntil !== null && temporaryUntil <= at ? 'temporary-password-expired' : null;
  }

  private async open(
    account: Account,
    { environment, replaces }: SignInRequest,
    at: Instant,
  ): Promise<OpenedSession> {
    const { userId, factors } = account;
    const needsNewPassword = this.needsNewPassword(account, at);
    const needsSecondFactor = factors > 0;
    const wanted = { userId, environment, needsSecondFactor, needsNewPassword };
    const opened = await this.sessions.open(wanted, at, replaces);
    if (!opened) throw signInProblem('session-elsewhere');
    // With a second factor the failures in a row go on to it: a password alone never clears them.
    if (!needsSecondFactor) await this.accounts.forgetFailures(userId);
    return opened;
  }

  /** First passwords must be changed, and all after ninety days, unless a second factor is on (AUTH-07). */
  private needsNewPassword(account: Account, at: Instant): boolean {
    const { temporaryUntil, changedAt, factors, mustChange } = account;
    if (temporaryUntil !== null || changedAt === null) return true;
    // Chosen while there was a second factor, it may be too short to stand alone (AUTH-10).
    if (factors === 0 && mustChange) return true;
    if (factors > 0 && !this.settings.passwordRotationWithSecondFactor) return false;
    const age = epochMillis(at) - epochMillis(changedAt);
    return age > this.settings.passwordMaxAgeDays * DAY_MILLIS;
  }
}

export function signInProblem(code: SignInCode): Problem {
  return new Problem(code, SIGN_IN_PROBLEMS[code], DETAILS[code]);
}

/** An entry of the action log names whose account it was, right or wrong the password. */
export function noteActor(
  notes: ActionNotes,
  { userId, login, nodeId, personId, commitment }: Account,
): void {
  const actor = { kind: 'person', login } as const;
  notes.doneBy({ actor, userId, nodeId, person: { personId, commitment } });
  notes.about({ kind: 'user', id: userId, nodeId });
}
