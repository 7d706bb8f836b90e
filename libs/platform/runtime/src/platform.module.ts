import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { ActionLog, Machines, Sessions } from '@encaisse/platform/access';
import { Clock, ControllableClock, SystemTimers, Timers } from '@encaisse/platform/clock';
import { EventStore, Streams } from '@encaisse/platform/event-store';
import {
  AccessGuard,
  bodyValidation,
  LedgerPositionGuard,
  ProblemFilter,
  Tokens,
} from '@encaisse/platform/http';
import { Leases } from '@encaisse/platform/leases';
import { Mailer, Outbox, SmsSender } from '@encaisse/platform/mail';
import { MessageBus } from '@encaisse/platform/message-bus';
import { Database } from '@encaisse/platform/postgres';
import { Projections } from '@encaisse/platform/projections';
import { CardVault, Keyring, MessageKeyVault, PersonVault } from '@encaisse/platform/security';
import { DevClockController } from './dev-clock';
import { DevTokensController } from './dev-tokens';
import { HealthController } from './health';
import { LOGGER_TOKEN } from './logger';
import { Metrics } from './metrics';
import type { Platform } from './platform';
import { Readiness } from './readiness';
import { SETTINGS_TOKEN } from './settings';
import { TimedJobs } from './timed-jobs';
import { TransactionNumbers } from './transaction-numbers';
import { Workers } from './workers';

/** Gives every context the platform's parts by injection, and every route the same conventions. */
@Module({})
export class PlatformModule {
  static of(platform: Platform): DynamicModule {
    const parts = partsOf(platform);
    return {
      module: PlatformModule,
      global: true,
      imports: [CqrsModule.forRoot()],
      controllers: [
        HealthController,
        ...(platform.clock instanceof ControllableClock
          ? [DevClockController, DevTokensController]
          : []),
      ],
      providers: [
        ...parts,
        { provide: APP_FILTER, useValue: new ProblemFilter(platform.logger) },
        { provide: APP_PIPE, useFactory: bodyValidation },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_GUARD, useClass: LedgerPositionGuard },
      ],
      exports: parts,
    };
  }
}

function partsOf(platform: Platform): Provider[] {
  return [
    { provide: SETTINGS_TOKEN, useValue: platform.settings },
    { provide: LOGGER_TOKEN, useValue: platform.logger },
    { provide: Database, useValue: platform.database },
    { provide: EventStore, useValue: platform.store },
    { provide: Streams, useValue: platform.streams },
    { provide: Clock, useValue: platform.clock },
    { provide: Timers, useClass: SystemTimers },
    ...(platform.clock instanceof ControllableClock
      ? [{ provide: ControllableClock, useValue: platform.clock }]
      : []),
    { provide: Projections, useValue: platform.projections },
    { provide: MessageBus, useValue: platform.bus },
    { provide: Leases, useValue: platform.leases },
    { provide: TimedJobs, useValue: platform.timedJobs },
    { provide: Workers, useValue: platform.workers },
    { provide: TransactionNumbers, useValue: platform.numbers },
    { provide: Tokens, useValue: platform.tokens },
    { provide: Sessions, useValue: platform.sessions },
    { provide: Machines, useValue: platform.machines },
    { provide: ActionLog, useValue: platform.actionLog },
    { provide: CardVault, useValue: platform.cardVault },
    { provide: PersonVault, useValue: platform.personVault },
    { provide: MessageKeyVault, useValue: platform.messageKeyVault },
    { provide: Keyring, useValue: platform.keyring },
    { provide: Mailer, useValue: platform.messages.mailer },
    { provide: SmsSender, useValue: platform.messages.smsSender },
    { provide: Outbox, useValue: platform.messages.outbox },
    { provide: Readiness, useValue: platform.readiness },
    { provide: Metrics, useValue: platform.metrics },
  ];
}
