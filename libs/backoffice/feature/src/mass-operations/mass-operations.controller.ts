import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Query as QueryParameters,
  Res,
} from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { skipReason } from '@encaisse/cashdesk/contract';
import { isUuid, money } from '@encaisse/kernel';
import type { EventMetadata } from '@encaisse/platform/event-store';
import {
  type Caller,
  ChangesNothing,
  commandId,
  CurrentCaller,
  demand,
  Logged,
  Needs,
  notFound,
  ReadsFrom,
  RequestMetadata,
  tellPosition,
} from '@encaisse/platform/http';
import {
  limitOf,
  listedValues,
  type Query,
  refuseUnknown,
  valueOf,
} from '@encaisse/platform/lists';
import type { FastifyReply } from 'fastify';
import { JOURNAL_PROJECTION } from '../journal/journal.projection';
import { MassOperationBody, PreviewBody } from './mass-operation-bodies';
import {
  MassOperationQueries,
  type MassOperationRow,
  type ReportRow,
} from './mass-operation-queries';
import { MassOperationRequests } from './mass-operation-requests';
import { MASS_OPERATIONS_PROJECTION } from './mass-operations.projection';
import { MassSelection } from './mass-selection';

const PAGE_SIZE = 50;
const LARGEST_PAGE = 500;

/** Capture or send all that a search finds, confirmed by number and amount (CASH-17, CASH-20, GEN-06). */
@ApiTags('mass operations')
@Controller('api/v1/mass-operations')
export class MassOperationsController {
  constructor(
    private readonly requests: MassOperationRequests,
    private readonly selection: MassSelection,
    private readonly queries: MassOperationQueries,
  ) {}

  @Post('preview')
  @HttpCode(200)
  @Needs('capture')
  @ChangesNothing()
  @ReadsFrom(JOURNAL_PROJECTION)
  @ApiOperation({ summary: 'Number and amounts to show before the confirmation (GEN-06)' })
  async preview(@Body() { operation, search }: PreviewBody, @CurrentCaller() caller: Caller) {
    const found = await this.selection.select(this.selection.searchOf(operation, search, caller));
    return { operation, count: found.count, totals: found.totals };
  }

  @Post()
  @HttpCode(202)
  @Needs('capture')
  @Logged('MASS_OPERATION')
  @ReadsFrom(JOURNAL_PROJECTION)
  @ApiOperation({
    summary: 'Capture or send all that a search finds, page by page or not (CASH-17)',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  async request(
    @Body() body: MassOperationBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    if (body.operation === 'send') demand(caller, 'send-to-bank');
    const id = commandId(body.id, idempotencyKey, caller, 'mass-operations');
    const result = await this.requests.request(id, body, caller, metadata);
    tellPosition(reply, result.position);
    if (result.isReplay) void reply.header('Idempotent-Replayed', 'true');
    const { massOperationId, operation, count, totals, requestedAt } = result.requested;
    return { massOperationId, operation, status: 'RUNNING', count, totals, startedAt: requestedAt };
  }

  @Get()
  @Needs('search-transactions')
  @ReadsFrom(MASS_OPERATIONS_PROJECTION)
  @ApiOperation({ summary: 'The mass operations of the token’s node, newest first' })
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'cursor', required: false })
  async list(@QueryParameters() query: Query, @CurrentCaller() caller: Caller) {
    refuseUnknown(query, ['limit', 'cursor']);
    const { rows, nextCursor } = await this.queries.recent(caller, pageOf(query));
    return { items: rows.map(progressView), nextCursor };
  }

  @Get(':massOperationId')
  @Needs('search-transactions')
  @ReadsFrom(MASS_OPERATIONS_PROJECTION)
  @ApiOperation({ summary: 'How far a mass operation is' })
  async show(@Param('massOperationId') massOperationId: string, @CurrentCaller() caller: Caller) {
    return progressView(await this.visible(massOperationId, caller));
  }

  @Get(':massOperationId/report')
  @Needs('search-transactions')
  @ReadsFrom(MASS_OPERATIONS_PROJECTION, JOURNAL_PROJECTION)
  @ApiOperation({ summary: 'What became of each transaction so far (CASH-17)' })
  @ApiHeader({ name: 'Accept-Language', required: false, description: 'fr (default) or en' })
  @ApiQuery({ name: 'outcome', required: false, enum: ['done', 'skipped'] })
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'cursor', required: false })
  async report(
    @Param('massOperationId') massOperationId: string,
    @QueryParameters() query: Query,
    @Headers('accept-language') language: string | undefined,
    @CurrentCaller() caller: Caller,
  ) {
    refuseUnknown(query, ['outcome', 'limit', 'cursor']);
    const [outcome = null] = listedValues(query, 'outcome', ['done', 'skipped'] as const);
    await this.visible(massOperationId, caller);
    const page = await this.queries.report(massOperationId, outcome, pageOf(query));
    const shownIn = language?.trim().toLowerCase().startsWith('en') === true ? 'en' : 'fr';
    return {
      items: page.rows.map((row) => lineView(row, shownIn)),
      nextCursor: page.nextCursor,
    };
  }

  private async visible(massOperationId: string, caller: Caller): Promise<MassOperationRow> {
    if (!isUuid(massOperationId)) throw notFound('mass operation');
    return this.queries.visible(massOperationId, caller);
  }
}

function pageOf(query: Query) {
  return { limit: limitOf(query, PAGE_SIZE, LARGEST_PAGE), cursor: valueOf(query, 'cursor') };
}

function progressView({ requestedAt, environment: _, ...row }: MassOperationRow) {
  return {
    ...row,
    status: row.finishedAt === null ? 'RUNNING' : 'DONE',
    startedAt: requestedAt,
  };
}

function lineView(row: ReportRow, language: 'fr' | 'en') {
  const { currency, initialMinor, currentMinor } = row;
  const amount = (minor: number | null) =>
    minor === null || currency === null ? null : money(minor, currency);
  return {
    transactionId: row.transactionId,
    transactionNumber: row.transactionNumber,
    orderReference: row.orderReference,
    initialAmount: amount(initialMinor),
    currentAmount: amount(currentMinor),
    outcome: row.outcome,
    code: row.code,
    detail: skipReason(row, language),
  };
}
