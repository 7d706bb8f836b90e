import { Inject, Injectable } from '@nestjs/common';
import { invariant } from '@encaisse/kernel';
import type { EventMetadata } from '@encaisse/platform/event-store';
import type { Problem } from '@encaisse/platform/http';
import { type Settings, SETTINGS_TOKEN } from '@encaisse/platform/runtime';
import { AccountLocks } from '../sign-in/account-locks';
import { Accounts } from '../sign-in/accounts';
import { signInProblem } from '../sign-in/sign-in';
import { SignInThrottle } from '../sign-in/sign-in-throttle';

/** Who proves something, and from where. */
export type Proving = {
  readonly userId: string;
  readonly address: string;
  readonly metadata: EventMetadata;
};

/** Tries at proving who somebody is, after the password: they fail as passwords do (AUTH-11). */
@Injectable()
export class ProofAttempts {
  constructor(
    private readonly accounts: Accounts,
    private readonly locks: AccountLocks,
    private readonly throttle: SignInThrottle,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  /**
   * Counts the try before it is looked at: of many that come at once no more are looked at than may
   * fail. Throws `wrong` when it is wrong, or a problem when there is no try left.
   */
  async prove(
    { userId, address, metadata }: Proving,
    isRight: () => Promise<boolean>,
    wrong: () => Problem,
  ): Promise<void> {
    await this.throttle.take(address);
    const account = await this.accounts.byId(userId);
    invariant(account, 'whoever has a session has an account');
    const most = this.settings.maxFailedLogins;
    const failures = await this.accounts.countFailure(userId);
    if (account.isLocked || failures > most) throw signInProblem('account-locked');
    if (!(await isRight())) {
      if (failures >= most) this.locks.lock(account, metadata);
      throw wrong();
    }
    await this.accounts.forgetFailures(userId);
    await this.throttle.giveBack(address);
  }
}
