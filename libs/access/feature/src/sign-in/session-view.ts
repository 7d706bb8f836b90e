import { Inject, Injectable } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import {
  type Environment,
  epochMillis,
  type Instant,
  instantOfEpochMillis,
} from '@encaisse/kernel';
import { type Action, actionsOf, csrfToken, type LiveSession } from '@encaisse/platform/access';
import { Clock } from '@encaisse/platform/clock';
import { PersonVault } from '@encaisse/platform/security';
import { type Settings, SETTINGS_TOKEN } from '@encaisse/platform/runtime';
import { type Account, Accounts } from './accounts';

const DAY_MILLIS = 86_400_000;
/** A reminder shows this long before the password must be renewed (AUTH-07). */
const REMINDER_DAYS = 10;

export class SessionAnswer {
  @ApiProperty({ description: 'Send it as X-CSRF-Token with everything that changes something' })
  csrfToken!: string;

  @ApiProperty({
    enum: ['second-factor', 'password', 'terms'],
    nullable: true,
    type: String,
    description: 'What is still to be done before anything else',
  })
  gate!: string | null;

  @ApiProperty({ example: 'claire.martin.4821' })
  login!: string;

  @ApiProperty({ example: 'Claire Martin' })
  name!: string;

  @ApiProperty({ example: 'claire.martin@example.com', nullable: true, type: String })
  email!: string | null;

  @ApiProperty({ example: 'CASHIER' })
  profile!: string;

  @ApiProperty({ description: 'The node selected at first: the user’s own (TREE-03)' })
  nodeId!: string;

  @ApiProperty({ enum: ['TEST', 'PRODUCTION'] })
  environment!: Environment;

  @ApiProperty({ type: [String], description: 'What the profile may do (NAV-07)' })
  actions!: readonly Action[];

  @ApiProperty({ nullable: true, type: String })
  passwordExpiresAt!: Instant | null;

  @ApiProperty({ description: 'True in the last ten days of a password' })
  isPasswordReminderDue!: boolean;
}

/** What a page needs to know of who is signed in. */
@Injectable()
export class SessionViews {
  constructor(
    private readonly accounts: Accounts,
    private readonly persons: PersonVault,
    private readonly clock: Clock,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  async of(session: LiveSession): Promise<SessionAnswer> {
    const { login, profile, nodeId, environment, gate, personId } = session;
    const person = (await this.persons.reveal([personId])).get(personId);
    const account = await this.accounts.byId(session.userId);
    const expiresAt = this.expiryOf(account);
    const reminder = REMINDER_DAYS * DAY_MILLIS;
    return {
      csrfToken: csrfToken(session),
      gate,
      login,
      name: person?.name ?? login,
      email: person?.email ?? null,
      profile,
      nodeId,
      environment,
      actions: [...actionsOf(profile)],
      passwordExpiresAt: expiresAt,
      isPasswordReminderDue:
        expiresAt !== null && epochMillis(expiresAt) - epochMillis(this.clock.now()) <= reminder,
    };
  }

  private expiryOf(account: Account | null): Instant | null {
    const { changedAt = null, factors = 0 } = account ?? {};
    const isForEver = factors > 0 && !this.settings.passwordRotationWithSecondFactor;
    if (changedAt === null || isForEver) return null;
    const lifetime = this.settings.passwordMaxAgeDays * DAY_MILLIS;
    return instantOfEpochMillis(epochMillis(changedAt) + lifetime);
  }
}
