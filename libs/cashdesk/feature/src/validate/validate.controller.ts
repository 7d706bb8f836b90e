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
@Controller('api/v1/transactions/:transactionId/validate')
export class ValidateController {
  constructor(private readonly responder: OperationResponder) {}

  @Post()
  @HttpCode(200)
  @Needs('validate')
  @Logged('VALIDATION')
  @ApiOperation({ summary: 'Validate: capture in full, or confirm a pending payment (PAY-19)' })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  async validate(
    @Param('transactionId') transactionId: string,
    @Body() body: AcknowledgingBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const request = { transactionId, id: body.id, idempotencyKey, caller, metadata, reply };
    const acknowledgeStaleAuthorization = body.acknowledgeStaleAuthorization ?? false;
    const content = { kind: 'validate', acknowledgeStaleAuthorization } as const;
    return (await this.responder.run(request, content)).transaction;
  }
}
