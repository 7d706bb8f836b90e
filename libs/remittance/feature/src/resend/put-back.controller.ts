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
import {
  putBack,
  type PutBackRefusal,
  type Transaction,
  transactionStream,
  tripleOf,
} from '@encaisse/ledger/domain';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, Streams } from '@encaisse/platform/event-store';
import {
  type Caller,
  commandId,
  COMMON_PROBLEMS,
  CurrentCaller,
  Logged,
  Needs,
  notFound,
  orProblem,
  problems,
  RequestMetadata,
  tellPosition,
} from '@encaisse/platform/http';
import type { FastifyReply } from 'fastify';
import { RemittanceKnowledge } from '../making/remittance-knowledge';
import { OperationBody } from './operation-body';

/** One row per refusal, in order of precedence. */
const PROBLEMS = problems<PutBackRefusal['code']>({
  'id-reused': COMMON_PROBLEMS['id-reused'],
  'transaction-unknown': { status: 404, title: 'There is no such transaction' },
  'not-set-aside': { status: 409, title: 'The transaction is not set aside' },
  'contract-inactive': { status: 409, title: 'The contract is inactive' },
});

class PutBackAnswer {
  @ApiProperty({ example: '019abd2c-6a00-7000-8000-000000000001' })
  transactionId!: string;

  @ApiProperty({ example: 'TO_SEND' })
  acquirerStatus!: string;

  @ApiProperty({ example: '2026-11-22', description: 'Day it leaves on, at the latest' })
  plannedDate!: string | null;
}

@ApiTags('remittances')
@Controller('api/v1/transactions')
export class PutBackController {
  constructor(
    private readonly streams: Streams,
    private readonly clock: Clock,
    private readonly knowledge: RemittanceKnowledge,
  ) {}

  @Post(':transactionId/put-back')
  @HttpCode(200)
  @Needs('put-back-line')
  @Logged('LINE_PUT_BACK')
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiOperation({ summary: 'Puts a transaction that was set aside back among those to send' })
  async putBack(
    @Param('transactionId', ParseUUIDPipe) transactionId: string,
    @Body() { id }: OperationBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PutBackAnswer> {
    const route = `transactions/${transactionId}/put-back`;
    const operationId = commandId(id, idempotencyKey, caller, route);
    const { state: transaction } = await this.streams.load(transactionStream, transactionId);
    if (!this.isTheirs(transaction, caller)) throw notFound('transaction');
    const at = this.clock.now();
    const { decision, position, isReplay } = await this.streams.decide(
      transactionStream,
      transactionId,
      (state) => {
        const isContractActive = this.isContractActive(state);
        return putBack({ transactionId, operationId, isContractActive, at }, state);
      },
      metadata,
    );
    orProblem(decision, PROBLEMS);
    tellPosition(reply, position);
    if (isReplay) void reply.header('Idempotent-Replayed', 'true');
    const { state } = await this.streams.load(transactionStream, transactionId);
    const plannedDate = 'plannedDate' in state ? state.plannedDate : null;
    const acquirerStatus = tripleOf(state)?.acquirerStatus ?? 'TO_SEND';
    return { transactionId, acquirerStatus, plannedDate };
  }

  private isTheirs(state: Transaction, caller: Caller): boolean {
    if (state.kind === 'none') return false;
    const place = state.kind === 'refused-cancellation' ? state.entry : state.request;
    return (
      place.environment === caller.environment &&
      this.knowledge.isAtOrBelow(place.shopId, caller.nodeId)
    );
  }

  private isContractActive(state: Transaction): boolean {
    if (state.kind !== 'debit' && state.kind !== 'refund') return false;
    return this.knowledge.contract(state.request.contractId)?.isActive ?? false;
  }
}
