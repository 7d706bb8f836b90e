import { Controller, Get, Param, Query as QueryParameters } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { isUuid } from '@encaisse/kernel';
import { transactionStream, type TransactionEvent } from '@encaisse/ledger/domain';
import { Clock } from '@encaisse/platform/clock';
import { decodeEvent, EventStore } from '@encaisse/platform/event-store';
import { type Caller, CurrentCaller, Needs, notFound, ReadsFrom } from '@encaisse/platform/http';
import { limitOf, type Query, sortingOf, valueOf } from '@encaisse/platform/lists';
import { BackofficeDirectory } from '../backoffice-directory';
import type { JournalRow } from '../journal/journal-row';
import { JOURNAL_PROJECTION } from '../journal/journal.projection';
import { parseTransactionSearch } from '../search/transaction-search';
import { ApiPaging, ApiTransactionFilters } from './search-query-docs';
import { historyOf } from './transaction-history';
import { TRANSACTION_SORT_COLUMNS, TransactionQueries } from './transaction-queries';
import { transactionDetail, transactionView } from './transaction-view';

const PAGE_SIZE = 50;
const LARGEST_PAGE = 500;
const PAGING = ['sort', 'order', 'limit', 'cursor', 'withTotals'];

/** The journal of transactions (TRX). */
@ApiTags('transactions')
@Controller('api/v1/transactions')
@ReadsFrom(JOURNAL_PROJECTION)
export class TransactionsController {
  constructor(
    private readonly queries: TransactionQueries,
    private readonly directory: BackofficeDirectory,
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Needs('search-transactions')
  @ApiOperation({ summary: 'Search the journal (TRX-02), newest first, by cursor pages' })
  @ApiTransactionFilters()
  @ApiPaging(Object.keys(TRANSACTION_SORT_COLUMNS))
  @ApiQuery({ name: 'withTotals', required: false, description: 'true adds number and sums' })
  async search(@QueryParameters() query: Query, @CurrentCaller() caller: Caller) {
    const scope = this.directory.scopeOf(caller, valueOf(query, 'nodeId') ?? undefined);
    const search = parseTransactionSearch(query, scope, this.clock.now(), PAGING);
    const page = await this.queries.page(search, {
      sorting: sortingOf(query, TRANSACTION_SORT_COLUMNS, 'createdAt'),
      limit: limitOf(query, PAGE_SIZE, LARGEST_PAGE),
      cursor: valueOf(query, 'cursor'),
    });
    const totals =
      valueOf(query, 'withTotals') === 'true' ? await this.queries.totals(search) : null;
    return {
      items: page.rows.map(transactionView),
      nextCursor: page.nextCursor,
      ...(totals === null ? {} : { totals: shownTotals(totals) }),
    };
  }

  @Get('totals')
  @Needs('search-transactions')
  @ApiOperation({ summary: 'Number and sums per currency of all a search finds' })
  @ApiTransactionFilters()
  async totals(@QueryParameters() query: Query, @CurrentCaller() caller: Caller) {
    const scope = this.directory.scopeOf(caller, valueOf(query, 'nodeId') ?? undefined);
    const search = parseTransactionSearch(query, scope, this.clock.now());
    return shownTotals(await this.queries.totals(search));
  }

  @Get(':transactionId')
  @Needs('search-transactions')
  @ApiOperation({ summary: 'Show a transaction (TRX-31)' })
  async detail(@Param('transactionId') transactionId: string, @CurrentCaller() caller: Caller) {
    const row = await this.visible(transactionId, caller);
    return transactionDetail(row, await this.queries.linkedTo(transactionId));
  }

  @Get(':transactionId/history')
  @Needs('view-history')
  @ApiOperation({ summary: 'Show what became of a transaction, action by action (TRX-44)' })
  async history(@Param('transactionId') transactionId: string, @CurrentCaller() caller: Caller) {
    await this.visible(transactionId, caller);
    const recorded = await this.store.readStream(`${transactionStream.category}-${transactionId}`);
    const events = recorded.map((event) => ({
      event: decodeEvent<TransactionEvent>(transactionStream, event),
      actor: event.metadata.actor,
    }));
    return { items: historyOf(events) };
  }

  private async visible(transactionId: string, caller: Caller): Promise<JournalRow> {
    const row = isUuid(transactionId)
      ? await this.queries.find(transactionId, this.directory.scopeOf(caller))
      : null;
    if (row === null) throw notFound('transaction');
    return row;
  }
}

function shownTotals({ count, currencies }: Awaited<ReturnType<TransactionQueries['totals']>>) {
  return {
    count,
    currencies: currencies.map((one) => ({
      currency: one.currency,
      count: one.count,
      initialAmount: { minor: one.initialMinor, currency: one.currency },
      currentAmount: { minor: one.currentMinor, currency: one.currency },
    })),
  };
}
