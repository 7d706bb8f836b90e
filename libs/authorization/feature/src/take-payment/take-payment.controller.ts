import { Body, Controller, Headers, HttpCode, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { money } from '@encaisse/kernel';
import { Clock } from '@encaisse/platform/clock';
import type { EventMetadata } from '@encaisse/platform/event-store';
import {
  type Caller,
  commandId,
  CurrentCaller,
  Logged,
  Needs,
  RequestMetadata,
  tellPosition,
} from '@encaisse/platform/http';
import type { FastifyReply } from 'fastify';
import { AuthorizationDirectory } from '../authorization-directory';
import { checkCard } from './card-checks';
import type { PaymentOrder } from './payment-order';
import { TakePaymentBody } from './take-payment.body';
import { TakePaymentCommand } from './take-payment.handler';

@ApiTags('payments')
@Controller('api/v1/payments')
export class TakePaymentController {
  constructor(
    private readonly commands: CommandBus,
    private readonly clock: Clock,
    private readonly directory: AuthorizationDirectory,
  ) {}

  /** A payment that was recorded answers 201 whatever its status, REFUSED and PENDING too. */
  @Post()
  @HttpCode(201)
  @Needs('take-payment')
  @Logged('PAYMENT', { isAcceptedByEvent: true })
  @ApiOperation({ summary: 'Take a card payment' })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  async take(
    @Body() body: TakePaymentBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const transactionId = commandId(body.id, idempotencyKey, caller, 'payments');
    const order = this.orderFrom(transactionId, body, caller);
    const result = await this.commands.execute(new TakePaymentCommand(order, metadata));
    tellPosition(reply, result.position);
    if (result.isReplay) void reply.header('Idempotent-Replayed', 'true');
    return result.summary;
  }

  private orderFrom(transactionId: string, body: TakePaymentBody, caller: Caller): PaymentOrder {
    const { shopId, contractId, contractNumber, paymentMeans } = body;
    const { minor, currency } = body.amount;
    const contract = this.directory.contractFor(
      { shopId, contractId, contractNumber, paymentMeans, currency },
      caller,
    );
    return {
      transactionId,
      contract,
      orderReference: body.orderReference,
      amount: money(minor, currency),
      card: checkCard(body.card.number, body.card.expiry, this.clock.now()),
      verificationCode: body.card.verificationCode ?? null,
      authorizationOnly: body.authorizationOnly ?? false,
      deferralDays: body.deferralDays ?? contract.deferralDays,
      channel: body.channel ?? 'E_COMMERCE',
      wallet: body.wallet ?? null,
      archivingReference: body.archivingReference ?? null,
      email: body.cardholder?.email?.toLowerCase() ?? null,
      clientCountry: body.clientCountry ?? null,
      duplicateOf: null,
      cardholder: null,
    };
  }
}
