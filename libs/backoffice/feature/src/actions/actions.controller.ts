import { Controller, Get, Param, Query as QueryParameters, Res } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { businessDayOf } from '@encaisse/kernel';
import { Clock } from '@encaisse/platform/clock';
import { type Caller, CurrentCaller, Logged, Needs, ReadsFrom } from '@encaisse/platform/http';
import {
  limitOf,
  listedValues,
  type Query,
  refuseUnknown,
  valueOf,
} from '@encaisse/platform/lists';
import { Database } from '@encaisse/platform/postgres';
import type { FastifyReply } from 'fastify';
import { BackofficeDirectory } from '../backoffice-directory';
import { columnsOf } from '../export/export-column';
import { ApiExportForm } from '../export/api-export-form';
import { EXPORT_FORMATS, exportFile } from '../export/export-file';
import { LANGUAGES } from '../export/languages';
import { sendFile } from '../export/send-file';
import { periodOrLastDays } from '../search/period';
import { actionColumns } from './action-columns';
import { ActionQueries, ACTIONS_TABLE, actionView } from './action-queries';
import { ACTIONS_PROJECTION } from './action-row';
import {
  ACTION_FILTERS,
  actionConditions,
  type ActionSearch,
  KINDS,
  parseActionSearch,
  RESULTS,
} from './action-search';

const PAGE_SIZE = 50;
const LARGEST_PAGE = 500;
const STANDARD = ['at', 'name', 'email', 'action', 'result', 'details'];

/** « Suivi des actions »: read only, nobody writes here but the product itself (LOG). */
@ApiTags('action log')
@Controller('api/v1/actions')
@ReadsFrom(ACTIONS_PROJECTION)
export class ActionsController {
  constructor(
    private readonly queries: ActionQueries,
    private readonly directory: BackofficeDirectory,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Needs('view-actions')
  @ApiOperation({ summary: 'What was done at a node and below, newest first (LOG-01, LOG-05)' })
  @ApiQuery({ name: 'from', required: false, description: 'With to; the last 30 days without' })
  @ApiQuery({ name: 'to', required: false })
  @ApiQuery({ name: 'nodeId', required: false })
  @ApiQuery({ name: 'login', required: false })
  @ApiQuery({ name: 'userId', required: false })
  @ApiQuery({ name: 'kind', required: false, enum: KINDS, isArray: true })
  @ApiQuery({ name: 'result', required: false, enum: [...RESULTS], isArray: true })
  @ApiQuery({ name: 'aboutId', required: false })
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'cursor', required: false })
  async list(@QueryParameters() query: Query, @CurrentCaller() caller: Caller) {
    refuseUnknown(query, [...ACTION_FILTERS, 'limit', 'cursor']);
    const limit = limitOf(query, PAGE_SIZE, LARGEST_PAGE);
    const search = this.searchOf(query, caller);
    const { rows, nextCursor } = await this.queries.list(search, limit, valueOf(query, 'cursor'));
    return { items: rows.map(actionView), nextCursor };
  }

  @Get('export')
  @Needs('view-actions')
  @Logged('EXPORT')
  @ApiOperation({ summary: 'Export the entries a search finds' })
  @ApiExportForm()
  @ApiQuery({ name: 'from', required: false })
  @ApiQuery({ name: 'to', required: false })
  @ApiQuery({ name: 'nodeId', required: false })
  async export(
    @QueryParameters() query: Query,
    @CurrentCaller() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    refuseUnknown(query, [...ACTION_FILTERS, 'format', 'language', 'columns']);
    const conditions = actionConditions(this.searchOf(query, caller));
    const { current } = this.directory;
    const columns = actionColumns((nodeId) => current.node(nodeId)?.name ?? nodeId);
    const file = exportFile(this.database, {
      source: {
        // Exports ask every row for its currency; an action has none.
        table: `(select *, 'EUR' as currency from ${ACTIONS_TABLE}) actions`,
        where: conditions.text,
        parameters: conditions.parameters,
        orderBy: 'order by at desc, action_id desc',
        amount: null,
      },
      columns: columnsOf(query, columns, STANDARD),
      format: listedValues(query, 'format', EXPORT_FORMATS)[0] ?? 'csv',
      language: listedValues(query, 'language', LANGUAGES)[0] ?? 'fr',
      subject: {
        file: `actions-${businessDayOf(this.clock.now())}`,
        sheet: 'Actions',
        root: 'actions',
        record: 'action',
      },
    });
    await sendFile(reply, file);
  }

  @Get(':actionId')
  @Needs('view-actions')
  @ApiOperation({ summary: 'One action with values before and after (LOG-02)' })
  async show(@Param('actionId') actionId: string, @CurrentCaller() caller: Caller) {
    return this.queries.detail(await this.queries.visible(actionId, caller));
  }

  private searchOf(query: Query, caller: Caller): ActionSearch {
    const { nodeId, environment, historyMonths } = this.directory.scopeOf(
      caller,
      valueOf(query, 'nodeId') ?? undefined,
    );
    const period = periodOrLastDays(query, historyMonths, this.clock.now());
    return parseActionSearch(query, {
      environment,
      period,
      nodeIds: this.queries.nodesSeenAt(nodeId),
    });
  }
}
