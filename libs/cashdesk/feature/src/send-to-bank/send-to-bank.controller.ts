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
import { AcknowledgingBody } from '../cash-operation/operation-bodies';
import { OperationResponder } from '../cash-operation/operation-responder';

@ApiTags('cash desk')
@Controller('api/v1/transactions/:transactionId/send')
export class SendToBankController {
  constructor(private readonly responder: OperationResponder) {}

  @Post()
  @HttpCode(202)
  @Needs('send-to-bank')
  @Logged('SENDING')
  @ApiOperation({ summary: 'Send to the bank ahead of the planned date (CASH-18)' })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  async sendToBank(
    @Param('transactionId') transactionId: string,
    @Body() body: AcknowledgingBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const request = { transactionId, id: body.id, idempotencyKey, caller, metadata, reply };
    const acknowledgeStaleAuthorization = body.acknowledgeStaleAuthorization ?? false;
    const content = { kind: 'send', acknowledgeStaleAuthorization } as const;
    return (await this.responder.run(request, content)).transaction;
  }
}
