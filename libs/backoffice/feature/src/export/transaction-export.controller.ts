import { Controller, Get, Query as QueryParameters, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger';
import { businessDayOf } from '@encaisse/kernel';
import { Clock } from '@encaisse/platform/clock';
import { type Caller, CurrentCaller, Logged, Needs, ReadsFrom } from '@encaisse/platform/http';
import { listedValues, orderBy, type Query, sortingOf, valueOf } from '@encaisse/platform/lists';
import { Database } from '@encaisse/platform/postgres';
import type { FastifyReply } from 'fastify';
import { BackofficeDirectory } from '../backoffice-directory';
import { JOURNAL_PROJECTION } from '../journal/journal.projection';
import { searchConditions } from '../search/search-conditions';
import { parseTransactionSearch } from '../search/transaction-search';
import { ApiTransactionFilters } from '../transactions/search-query-docs';
import { TRANSACTIONS, TRANSACTION_SORT_COLUMNS } from '../transactions/transaction-queries';
import { columnsOf } from './export-column';
import { EXPORT_FORMATS, exportFile } from './export-file';
import { LANGUAGES } from './languages';
import { sendFile } from './send-file';
import { JOURNAL_EXPORT_COLUMNS, transactionColumns } from './transaction-columns';

const PARAMETERS = ['format', 'columns', 'language', 'sort', 'order'];

/** The search result as a file (TRX-23 to TRX-28). */
@ApiTags('transactions')
@Controller('api/v1/transactions/export')
@ReadsFrom(JOURNAL_PROJECTION)
export class TransactionExportController {
  constructor(
    private readonly database: Database,
    private readonly directory: BackofficeDirectory,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Needs('export')
  @Logged('EXPORT')
  @ApiOperation({ summary: 'Export everything a search finds, without a cap' })
  @ApiProduces('text/csv', 'text/plain', 'application/xml')
  @ApiTransactionFilters()
  @ApiQuery({ name: 'format', required: false, enum: [...EXPORT_FORMATS] })
  @ApiQuery({ name: 'language', required: false, enum: [...LANGUAGES] })
  @ApiQuery({ name: 'columns', required: false, description: 'Names in order, comma-separated' })
  async export(
    @QueryParameters() query: Query,
    @CurrentCaller() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const now = this.clock.now();
    const scope = this.directory.scopeOf(caller, valueOf(query, 'nodeId') ?? undefined);
    const search = parseTransactionSearch(query, scope, now, PARAMETERS);
    const sorting = sortingOf(query, TRANSACTION_SORT_COLUMNS, 'createdAt');
    const { current } = this.directory;
    const shopName = (shopId: string) => current.node(shopId)?.name ?? shopId;
    const conditions = searchConditions(search);
    const file = exportFile(this.database, {
      source: {
        table: TRANSACTIONS,
        where: conditions.text,
        parameters: conditions.parameters,
        orderBy: orderBy(sorting, TRANSACTION_SORT_COLUMNS[sorting.by], 'transaction_id'),
      },
      columns: columnsOf(query, transactionColumns(shopName), JOURNAL_EXPORT_COLUMNS),
      format: listedValues(query, 'format', EXPORT_FORMATS)[0] ?? 'csv',
      language: listedValues(query, 'language', LANGUAGES)[0] ?? 'fr',
      subject: {
        file: `transactions-${businessDayOf(now)}`,
        sheet: 'Transactions',
        root: 'transactions',
        record: 'transaction',
      },
    });
    await sendFile(reply, file);
  }
}
