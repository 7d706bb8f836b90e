import { Inject, Injectable } from '@nestjs/common';
import { lockUser, userStream } from '@encaisse/access/domain';
import { type Environment, epochMillis, type Instant, isRefused } from '@encaisse/kernel';
import { ActionLog, type OpenedSession, Sessions } from '@encaisse/platform/access';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, Streams } from '@encaisse/platform/event-store';
import { type ActionNotes, Problem, problems } from '@encaisse/platform/http';
import {
  type Logger,
  LOGGER_TOKEN,
  type Settings,
  SETTINGS_TOKEN,
} from '@encaisse/platform/runtime';
import { PasswordHashing } from '../passwords/password-hashing';
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
    private readonly streams: Streams,
    private readonly actionLog: ActionLog,
    private readonly clock: Clock,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
    @Inject(LOGGER_TOKEN) private readonly logger: Logger,
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
      if (account && failures >= this.settings.maxFailedLogins) this.lock(account, metadata);
      throw refusal('sign-in-refused');
    }
    const failures = await this.accounts.failures(account.userId);
    await this.throttle.giveBack(request.address);
    const at = this.clock.now();
    const code = this.refusalOf(account, failures, at);
    if (code) throw refusal(code);
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
    if (!opened) throw refusal('session-elsewhere');
    await this.accounts.forgetFailures(userId);
    return opened;
  }

  /** First passwords must be changed, and all after ninety days, unless a second factor is on (AUTH-07). */
  private needsNewPassword({ temporaryUntil, changedAt, factors }: Account, at: Instant): boolean {
    if (temporaryUntil !== null || changedAt === null) return true;
    if (factors > 0 && !this.settings.passwordRotationWithSecondFactor) return false;
    const age = epochMillis(at) - epochMillis(changedAt);
    return age > this.settings.passwordMaxAgeDays * DAY_MILLIS;
  }

  /**
   * The counter locks by itself, at once; the event follows without being waited for, so that the
   * answer takes no longer than that of a login nobody has.
   */
  private lock(account: Account, metadata: EventMetadata): void {
    const at = this.clock.now();
    this.streams
      .decide(userStream, account.userId, (user) => lockUser({ at }, user), metadata)
      .then(({ decision, isReplay }) =>
        isRefused(decision) || isReplay ? undefined : this.recordLock(account, metadata),
      )
      .catch((error: unknown) => {
        // The next failure tries again.
        this.logger.error({ error: (error as Error).message }, 'a lock was not recorded');
      });
  }

  private recordLock(account: Account, metadata: EventMetadata): Promise<void> {
    const { userId, login, nodeId, personId, commitment } = account;
    return this.actionLog.record(
      {
        kind: 'LOCK',
        environment: null,
        nodeId,
        userId,
        login,
        person: { personId, commitment },
        about: { kind: 'user', id: userId },
        result: 'ACCEPTED',
        status: 200,
        problem: null,
        before: { isLocked: false },
        after: { isLocked: true },
        address: '',
      },
      { ...metadata, actor: { kind: 'system', login: 'system' } },
    );
  }
}

function refusal(code: SignInCode): Problem {
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
