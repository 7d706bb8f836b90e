import { Body, Controller, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';

import type { EventMetadata } from '@encaisse/platform/event-store';
import {
  type Caller,
  CurrentCaller,
  Logged,
  Needs,
  RequestMetadata,
} from '@encaisse/platform/http';
import type { FastifyReply } from 'fastify';
import { OperationBody } from '../cash-operation/operation-bodies';
import { OperationResponder } from '../cash-operation/operation-responder';

@ApiTags('cash desk')
@Controller('api/v1/transactions/:transactionId/cancel')
export class CancelController {
  constructor(private readonly responder: OperationResponder) {}

  @Post()
  @HttpCode(200)
  @Needs('cancel')
  @Logged('CANCELLATION')
  @ApiOperation({ summary: 'Cancel a transaction that is still to send (CASH-10)' })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  async cancel(
    @Param('transactionId') transactionId: string,
    @Body() body: OperationBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const request = { transactionId, id: body.id, idempotencyKey, caller, metadata, reply };

    return (await this.responder.run(request, { kind: 'cancel' })).transaction;
  }
}
