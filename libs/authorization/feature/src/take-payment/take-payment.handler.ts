import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { EventMetadata } from '@encaisse/platform/event-store';
import { PaymentAuthorizer, type PaymentResult } from './payment-authorizer';
import type { PaymentOrder } from './payment-order';

export class TakePaymentCommand extends Command<PaymentResult> {
  constructor(
    readonly order: PaymentOrder,
    readonly metadata: EventMetadata,
  ) {
    super();
  }
}

@CommandHandler(TakePaymentCommand)
export class TakePaymentHandler implements ICommandHandler<TakePaymentCommand> {
  constructor(private readonly authorizer: PaymentAuthorizer) {}

  execute({ order, metadata }: TakePaymentCommand): Promise<PaymentResult> {
    return this.authorizer.take(order, metadata);
  }
}
