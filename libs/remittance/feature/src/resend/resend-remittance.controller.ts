import {
  Body,
  Controller,
  Headers,
  HttpCode,
  Param,
  ParseUUIDPipe,
  Post,
  Res,
} from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, Streams } from '@encaisse/platform/event-store';
import {
  type Caller,
  commandId,
  CurrentCaller,
  Logged,
  Needs,
  notFound,
  orProblem,
  problems,
  RequestMetadata,
  tellPosition,
} from '@encaisse/platform/http';
import {
  remittanceStream,
  requestResend,
  type RequestResendRefusal,
} from '@encaisse/remittance/domain';
import type { FastifyReply } from 'fastify';
import { RemittanceKnowledge } from '../making/remittance-knowledge';
import { OperationBody } from './operation-body';

/** One row per refusal, in order of precedence. */
const PROBLEMS = problems<RequestResendRefusal['code']>({
  'remittance-unknown': { status: 404, title: 'There is no such remittance' },
  'remittance-not-rejected': { status: 409, title: 'The remittance is not rejected' },
});

class ResendAnswer {
  @ApiProperty({ example: '4c1f5a9e-0f0e-8b3a-9a53-1f1a6f0f2b11' })
  remittanceId!: string;

  @ApiProperty({ example: '1234567-42' })
  number!: string;

  @ApiProperty({ example: 'TO_SEND' })
  status!: string;
}

@ApiTags('remittances')
@Controller('api/v1/remittances')
export class ResendRemittanceController {
  constructor(
    private readonly streams: Streams,
    private readonly clock: Clock,
    private readonly knowledge: RemittanceKnowledge,
  ) {}

  @Post(':remittanceId/resend')
  @HttpCode(202)
  @Needs('resend-remittance')
  @Logged('REMITTANCE_RESENDING')
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiOperation({ summary: 'Sends a rejected remittance again, with its number (REM-15)' })
  async resend(
    @Param('remittanceId', ParseUUIDPipe) remittanceId: string,
    @Body() { id }: OperationBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ResendAnswer> {
    const route = `remittances/${remittanceId}/resend`;
    const operationId = commandId(id, idempotencyKey, caller, route);
    const { state: remittance } = await this.streams.load(remittanceStream, remittanceId);
    const opening = remittance.phase === 'unknown' ? null : remittance.opening;
    const isTheirs =
      opening?.environment === caller.environment &&
      this.knowledge.isAtOrBelow(opening.shopId, caller.nodeId);
    if (!isTheirs) throw notFound('remittance');
    const at = this.clock.now();
    const { decision, position, isReplay } = await this.streams.decide(
      remittanceStream,
      remittanceId,
      (state) => requestResend({ remittanceId, operationId, at }, state),
      metadata,
    );
    orProblem(decision, PROBLEMS);
    tellPosition(reply, position);
    if (isReplay) void reply.header('Idempotent-Replayed', 'true');
    return { remittanceId, number: opening.number, status: 'TO_SEND' };
  }
}
