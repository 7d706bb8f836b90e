import { Controller, Get, Query as QueryParameters } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { type Currency, DIGITS } from '@encaisse/kernel';
import { Clock } from '@encaisse/platform/clock';
import { type Caller, CurrentCaller, Needs, ReadsFrom } from '@encaisse/platform/http';
import { listedValues, type Query, refuseUnknown, valueOf } from '@encaisse/platform/lists';
import { BackofficeDirectory } from '../backoffice-directory';
import { JOURNAL_PROJECTION } from '../journal/journal.projection';
import { periodOrLastDays } from '../search/period';
import { ApiPeriod } from '../transactions/search-query-docs';
import { BREAKDOWNS, CURVE_FIGURES, curvesOf } from './curve';
import { dashboardOf } from './dashboard';
import { STEPS, StatisticsQueries } from './statistics-queries';

const SCOPE_PARAMETERS = ['from', 'to', 'nodeId', 'currency'];
const CURVE_PARAMETERS = ['step', 'figure', 'breakdown'];

/** Figures of any node over any period (STAT). */
@ApiTags('statistics')
@Controller('api/v1/statistics')
@ReadsFrom(JOURNAL_PROJECTION)
export class StatisticsController {
  constructor(
    private readonly queries: StatisticsQueries,
    private readonly directory: BackofficeDirectory,
    private readonly clock: Clock,
  ) {}

  @Get('curve')
  @Needs('view-statistics')
  @ApiOperation({ summary: 'Curve of turnover or number of transactions (STAT-02)' })
  @ApiPeriod(false)
  @ApiQuery({ name: 'step', required: false, enum: [...STEPS] })
  @ApiQuery({ name: 'figure', required: false, enum: [...CURVE_FIGURES] })
  @ApiQuery({ name: 'breakdown', required: false, enum: [...BREAKDOWNS] })
  @ApiQuery({ name: 'currency', required: false, isArray: true, example: 'EUR' })
  async curve(@QueryParameters() query: Query, @CurrentCaller() caller: Caller) {
    refuseUnknown(query, [...SCOPE_PARAMETERS, ...CURVE_PARAMETERS]);
    const request = this.request(query, caller);
    const step = listedValues(query, 'step', STEPS)[0] ?? 'day';
    const figure = listedValues(query, 'figure', CURVE_FIGURES)[0] ?? 'turnover';
    const breakdown = listedValues(query, 'breakdown', BREAKDOWNS)[0] ?? 'cumulated';
    const { period } = request;
    const figures = await this.queries.figures({ ...request, step });
    const currencies = curvesOf(figures, { period, step, figure, breakdown });
    return { nodeId: request.scope.nodeId, ...period, step, figure, breakdown, currencies };
  }

  @Get('dashboard')
  @Needs('view-statistics')
  @ApiOperation({ summary: 'Amount, count, maximum and average basket by payment means (STAT-08)' })
  @ApiPeriod(false)
  @ApiQuery({ name: 'currency', required: false, isArray: true, example: 'EUR' })
  async dashboard(@QueryParameters() query: Query, @CurrentCaller() caller: Caller) {
    refuseUnknown(query, SCOPE_PARAMETERS);
    const request = this.request(query, caller);
    const figures = await this.queries.figures({ ...request, step: null });
    const { nodeId } = request.scope;
    return { nodeId, ...request.period, currencies: dashboardOf(figures) };
  }

  private request(query: Query, caller: Caller) {
    const scope = this.directory.scopeOf(caller, valueOf(query, 'nodeId') ?? undefined);
    const period = periodOrLastDays(query, scope.historyMonths, this.clock.now());
    const currencies = listedValues(query, 'currency', Object.keys(DIGITS) as Currency[]);
    return { scope, period, currencies };
  }
}
