import { Controller, Get, Query as QueryParameters, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Clock } from '@encaisse/platform/clock';
import { type Caller, CurrentCaller, Logged, Needs, ReadsFrom } from '@encaisse/platform/http';
import type { Query } from '@encaisse/platform/lists';
import { Database } from '@encaisse/platform/postgres';
import type { FastifyReply } from 'fastify';
import { JOURNAL_PROJECTION } from '../journal/journal.projection';
import { ApiTransactionFilters } from '../transactions/search-query-docs';
import { ApiExportForm } from './api-export-form';
import { exportFile } from './export-file';
import { ExportSources } from './export-sources';
import { sendFile } from './send-file';

/** The search result as a file (TRX-23 to TRX-28). */
@ApiTags('transactions')
@Controller('api/v1/transactions/export')
@ReadsFrom(JOURNAL_PROJECTION)
export class TransactionExportController {
  constructor(
    private readonly database: Database,
    private readonly sources: ExportSources,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Needs('export')
  @Logged('EXPORT')
  @ApiOperation({ summary: 'Export everything a search finds, without a cap, streamed at once' })
  @ApiExportForm()
  @ApiTransactionFilters()
  async export(
    @QueryParameters() query: Query,
    @CurrentCaller() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { request } = this.sources.of('transactions', query, caller, this.clock.now());
    const file = exportFile(this.database, request);
    await sendFile(reply, file);
  }
}
