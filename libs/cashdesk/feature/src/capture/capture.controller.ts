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
import { CaptureBody } from '../cash-operation/operation-bodies';
import { OperationResponder } from '../cash-operation/operation-responder';

@ApiTags('cash desk')
@Controller('api/v1/transactions/:transactionId/capture')
export class CaptureController {
  constructor(private readonly responder: OperationResponder) {}

  @Post()
  @HttpCode(200)
  @Needs('capture')
  @Logged('CAPTURE')
  @ApiOperation({ summary: 'Capture an authorisation, in total or in part, once (CASH-14)' })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  async capture(
    @Param('transactionId') transactionId: string,
    @Body() body: CaptureBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const request = { transactionId, id: body.id, idempotencyKey, caller, metadata, reply };
    const acknowledgeStaleAuthorization = body.acknowledgeStaleAuthorization ?? false;
    const amount = body.amount ? money(body.amount.minor, body.amount.currency) : null;
    const content = { kind: 'capture', amount, acknowledgeStaleAuthorization } as const;
    return (await this.responder.run(request, content)).transaction;
  }
}
