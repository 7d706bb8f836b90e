import { Controller, Get, Param, Query as QueryParameters, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { isUuid } from '@encaisse/kernel';
import { Clock } from '@encaisse/platform/clock';
import {
  type Caller,
  CurrentCaller,
  Logged,
  Needs,
  notFound,
  ReadsFrom,
} from '@encaisse/platform/http';
import { limitOf, type Query, refuseUnknown, sortingOf, valueOf } from '@encaisse/platform/lists';
import { Database } from '@encaisse/platform/postgres';
import type { FastifyReply } from 'fastify';
import { BackofficeDirectory } from '../backoffice-directory';
import { ApiExportForm } from '../export/api-export-form';
import { exportFile } from '../export/export-file';
import { ExportSources } from '../export/export-sources';
import { sendFile } from '../export/send-file';
import { JOURNAL_PROJECTION } from '../journal/journal.projection';
import { ApiPaging } from '../transactions/search-query-docs';
import { TRANSACTION_SORT_COLUMNS } from '../transactions/transaction-queries';
import { transactionView } from '../transactions/transaction-view';
import { ApiRemittanceFilters } from './remittance-query-docs';
import { REMITTANCE_SORT_COLUMNS, RemittanceQueries } from './remittance-queries';
import type { RemittanceRow } from './remittance-row';
import { parseRemittanceSearch } from './remittance-search';
import { remittanceDetail, remittanceView } from './remittance-view';
import { REMITTANCES_PROJECTION } from './remittances.projection';

const PAGE_SIZE = 50;
const LARGEST_PAGE = 500;
const PAGING = ['sort', 'order', 'limit', 'cursor'];

/** Remittances and what they hold (REM). */
@ApiTags('remittances')
@Controller('api/v1/remittances')
@ReadsFrom(REMITTANCES_PROJECTION, JOURNAL_PROJECTION)
export class RemittancesController {
  constructor(
    private readonly queries: RemittanceQueries,
    private readonly database: Database,
    private readonly directory: BackofficeDirectory,
    private readonly sources: ExportSources,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Needs('view-remittances')
  @ApiOperation({ summary: 'Search remittances (REM-06), newest first, by cursor pages' })
  @ApiRemittanceFilters()
  @ApiPaging(Object.keys(REMITTANCE_SORT_COLUMNS))
  async search(@QueryParameters() query: Query, @CurrentCaller() caller: Caller) {
    const search = this.parse(query, caller, PAGING);
    const page = await this.queries.page(search, {
      sorting: sortingOf(query, REMITTANCE_SORT_COLUMNS, 'createdAt'),
      limit: limitOf(query, PAGE_SIZE, LARGEST_PAGE),
      cursor: valueOf(query, 'cursor'),
    });
    return { items: page.rows.map(remittanceView), nextCursor: page.nextCursor };
  }

  @Get('export')
  @Needs('export')
  @Logged('EXPORT')
  @ApiOperation({ summary: 'Export every remittance a search finds, without a cap (REM-12)' })
  @ApiExportForm()
  @ApiRemittanceFilters()
  async export(
    @QueryParameters() query: Query,
    @CurrentCaller() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { request } = this.sources.of('remittances', query, caller, this.clock.now());
    const file = exportFile(this.database, request);
    await sendFile(reply, file);
  }

  @Get(':remittanceId')
  @Needs('view-remittances')
  @ApiOperation({ summary: 'Show a remittance' })
  async detail(@Param('remittanceId') remittanceId: string, @CurrentCaller() caller: Caller) {
    return remittanceDetail(await this.visible(remittanceId, caller));
  }

  @Get(':remittanceId/transactions')
  @Needs('view-remittances')
  @ApiOperation({ summary: 'List the transactions of a remittance (REM-11), by cursor pages' })
  @ApiPaging(Object.keys(TRANSACTION_SORT_COLUMNS))
  async transactions(
    @Param('remittanceId') remittanceId: string,
    @QueryParameters() query: Query,
    @CurrentCaller() caller: Caller,
  ) {
    refuseUnknown(query, PAGING);
    const remittance = await this.visible(remittanceId, caller);
    const page = await this.queries.transactions(remittance, this.directory.scopeOf(caller), {
      sorting: sortingOf(query, TRANSACTION_SORT_COLUMNS, 'createdAt'),
      limit: limitOf(query, PAGE_SIZE, LARGEST_PAGE),
      cursor: valueOf(query, 'cursor'),
    });
    return { items: page.rows.map(transactionView), nextCursor: page.nextCursor };
  }

  private parse(query: Query, caller: Caller, others: readonly string[]) {
    const scope = this.directory.scopeOf(caller, valueOf(query, 'nodeId') ?? undefined);
    return parseRemittanceSearch(query, scope, this.clock.now(), others);
  }

  private async visible(remittanceId: string, caller: Caller): Promise<RemittanceRow> {
    const row = isUuid(remittanceId)
      ? await this.queries.find(remittanceId, this.directory.scopeOf(caller))
      : null;
    if (row === null) throw notFound('remittance');
    return row;
  }
}
