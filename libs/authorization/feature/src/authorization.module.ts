import { Module } from '@nestjs/common';
import {
  type Logger,
  LOGGER_TOKEN,
  Readiness,
  type Settings,
  SETTINGS_TOKEN,
} from '@encaisse/platform/runtime';
import { AcquirerGateway } from './acquirer/acquirer-gateway';
import { Iso8583AcquirerGateway } from './acquirer/iso8583-acquirer-gateway';
import { AuthorizationDirectory } from './authorization-directory';
import { BlockCardHandler, UnblockCardHandler } from './blocked-cards/block-card.handler';
import { BlockCardOfTransactionController } from './blocked-cards/block-card-of-transaction.controller';
import { BlockedCards } from './blocked-cards/blocked-cards';
import { BlockedCardsController } from './blocked-cards/blocked-cards.controller';
import { DuplicateController } from './duplicate/duplicate.controller';
import { UnknownSettler } from './settle-unknown/unknown-settler';
import { PaymentAuthorizer } from './take-payment/payment-authorizer';
import { TakePaymentController } from './take-payment/take-payment.controller';
import { TakePaymentHandler } from './take-payment/take-payment.handler';

function openGateway(settings: Settings, logger: Logger, readiness: Readiness): AcquirerGateway {
  const gateway = new Iso8583AcquirerGateway(
    { ...settings.acquirerAddress, timeoutMs: settings.acquirerTimeoutMillis },
    logger,
  );
  readiness.register('acquirer', () => (gateway.isReady ? 'up' : 'waiting for the acquirer'));
  return gateway;
}

/** Taking a payment: contract checks, card vault, the acquirer, and unknown outcomes settled. */
@Module({
  controllers: [
    TakePaymentController,
    DuplicateController,
    BlockedCardsController,
    BlockCardOfTransactionController,
  ],
  providers: [
    AuthorizationDirectory,
    BlockedCards,
    BlockCardHandler,
    UnblockCardHandler,
    PaymentAuthorizer,
    TakePaymentHandler,
    UnknownSettler,
    {
      provide: AcquirerGateway,
      useFactory: openGateway,
      inject: [SETTINGS_TOKEN, LOGGER_TOKEN, Readiness],
    },
  ],
})
export class AuthorizationModule {}
