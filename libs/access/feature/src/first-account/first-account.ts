import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { createUser, userStream } from '@encaisse/access/domain';
import { epochMillis, instantOfEpochMillis, isRefused } from '@encaisse/kernel';
import { Clock } from '@encaisse/platform/clock';
import { Streams } from '@encaisse/platform/event-store';
import { derivedUuid, ROOT_NODE } from '@encaisse/platform/http';
import { Database } from '@encaisse/platform/postgres';
import {
  type Logger,
  LOGGER_TOKEN,
  type Settings,
  SETTINGS_TOKEN,
  Workers,
} from '@encaisse/platform/runtime';
import { OneTimeLinks } from '../passwords/one-time-links';
import { UserPersons } from '../users/user-persons';
import { UserAccounts, userIdOf } from '../users/user-accounts';

const LOGIN = 'support';
const DAY_MILLIS = 86_400_000;

/**
 * Gives a new installation its one account: support, whose password is chosen with the token that the
 * operator set, within a day. Nothing else is made, and never a second time.
 */
@Injectable()
export class FirstAccount implements OnModuleInit {
  constructor(
    private readonly streams: Streams,
    private readonly database: Database,
    private readonly persons: UserPersons,
    private readonly users: UserAccounts,
    private readonly links: OneTimeLinks,
    private readonly clock: Clock,
    private readonly workers: Workers,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
    @Inject(LOGGER_TOKEN) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.workers.register({
      name: 'access.first-account',
      start: () => this.make(),
      stop: () => Promise.resolve(),
    });
  }

  private async make(): Promise<void> {
    const { firstAccountToken: token, nodeEnvironment } = this.settings;
    const [user] = await this.database.query('select 1 from access_users.users limit 1');
    if (user) return;
    if (token === null) {
      if (nodeEnvironment === 'production')
        this.logger.warn('nobody can sign in yet: set FIRST_ACCOUNT_TOKEN and start again');
      return;
    }
    const at = this.clock.now();
    const userId = userIdOf(LOGIN);
    const person = await this.persons.remember({ name: 'Support' });
    const command = {
      userId,
      login: LOGIN,
      creationId: derivedUuid('first account'),
      profile: 'SUPPORT',
      nodeId: ROOT_NODE,
      language: 'fr' as const,
      person,
      creatorProfile: null,
      isAboveBrands: true,
      at,
    };
    const metadata = {
      actor: { kind: 'system' as const, login: 'system' },
      correlationId: command.creationId,
      causationId: null,
    };
    const decide = (state: Parameters<typeof createUser>[1]) => createUser(command, state);
    const { decision, position, isReplay } = await this.streams.decide(
      userStream,
      userId,
      decide,
      metadata,
    );
    // Another copy that started at the same moment made it.
    if (isRefused(decision) || isReplay) return;
    const until = instantOfEpochMillis(epochMillis(at) + DAY_MILLIS);
    await this.database.transaction((session) => this.links.keep(session, userId, token, until));
    await this.users.reached({ userId, position, isReplay });
    this.logger.info(
      { login: LOGIN },
      'the first account waits: open /password# followed by FIRST_ACCOUNT_TOKEN within a day',
    );
  }
}
