import { Body, Controller, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { money } from '@encaisse/kernel';
import type { EventMetadata } from '@encaisse/platform/event-store';
import {
  type Caller,
  CurrentCaller,
  Logged,
  Needs,
  RequestMetadata,
} from '@encaisse/platform/http';
import type { FastifyReply } from 'fastify';
import { RefundBody } from '../cash-operation/operation-bodies';
import { OperationResponder } from '../cash-operation/operation-responder';

@ApiTags('cash desk')
@Controller('api/v1/transactions/:transactionId/refunds')
export class RefundController {
  constructor(private readonly responder: OperationResponder) {}

  @Post()
  @HttpCode(201)
  @Needs('refund')
  @Logged('REFUND')
  @ApiOperation({ summary: 'Refund a sent transaction, in total or in part (CASH-05)' })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  async refund(
    @Param('transactionId') transactionId: string,
    @Body() body: RefundBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const request = { transactionId, id: body.id, idempotencyKey, caller, metadata, reply };
    const amount = money(body.amount.minor, body.amount.currency);
    const result = await this.responder.run(request, { kind: 'refund', amount });
    return { refund: result.refund, original: result.transaction };
  }
}
