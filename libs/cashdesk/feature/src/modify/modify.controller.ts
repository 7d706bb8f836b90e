import { Body, Controller, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type BusinessDay, money, parseBusinessDay } from '@encaisse/kernel';
import type { EventMetadata } from '@encaisse/platform/event-store';
import {
  type Caller,
  CurrentCaller,
  invalidRequest,
  Logged,
  Needs,
  RequestMetadata,
} from '@encaisse/platform/http';
import type { FastifyReply } from 'fastify';
import { ModifyBody } from '../cash-operation/operation-bodies';
import { OperationResponder } from '../cash-operation/operation-responder';

@ApiTags('cash desk')
@Controller('api/v1/transactions/:transactionId/modify')
export class ModifyController {
  constructor(private readonly responder: OperationResponder) {}

  @Post()
  @HttpCode(200)
  @Needs('modify')
  @Logged('MODIFICATION')
  @ApiOperation({ summary: 'Lower the amount or move the planned date, before sending (PAY-19)' })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  async modify(
    @Param('transactionId') transactionId: string,
    @Body() body: ModifyBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const request = { transactionId, id: body.id, idempotencyKey, caller, metadata, reply };
    const amount = body.amount ? money(body.amount.minor, body.amount.currency) : null;
    const plannedDate = readPlannedDate(body.plannedDate);
    const content = { kind: 'modify', amount, plannedDate } as const;
    return (await this.responder.run(request, content)).transaction;
  }
}

function readPlannedDate(text: string | undefined): BusinessDay | null {
  if (text === undefined) return null;
  const day = parseBusinessDay(text);
  if (!day) throw invalidRequest([{ pointer: '/plannedDate', detail: 'no such day' }]);
  return day;
}
