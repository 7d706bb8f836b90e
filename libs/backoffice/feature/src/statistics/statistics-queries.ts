import { Injectable } from '@nestjs/common';
import { businessDayOf, type Currency, invariant } from '@encaisse/kernel';
import { ROOT_NODE } from '@encaisse/platform/http';
import { SqlConditions } from '@encaisse/platform/lists';
import { Database } from '@encaisse/platform/postgres';
import type { ReadScope } from '../backoffice-directory';
import { COUNTED_DEBITS, COUNTED_REFUNDS } from '../journal/contribution';
import { JOURNAL_SCHEMA } from '../journal/journal.projection';
import { ROOT_NODE_ID } from '../journal/journal-tables';
import type { Period } from '../search/period';
import { addScope } from '../search/search-conditions';
import { type PeriodPiece, piecesOf } from './period-pieces';

/** The steps of a curve (STAT-02). */
export const STEPS = ['hour', 'day', 'week', 'month'] as const;
export type Step = (typeof STEPS)[number];

/** The figures of one payment means in one currency, in one step or in the whole period. */
export type Figures = {
  /** First instant of an hour, else first day of a day, week or month; null for the whole period. */
  readonly bucket: string | null;
  readonly paymentMeans: string;
  readonly currency: Currency;
  /** Transactions of any combination: they make the axis begin (STAT-04). */
  readonly recordedCount: number;
  readonly debitCount: number;
  readonly debitMinor: number;
  readonly refundCount: number;
  readonly refundMinor: number;
  readonly maximumMinor: number | null;
};

export type FiguresRequest = {
  readonly scope: ReadScope;
  readonly period: Period;
  /** Null for one row over the whole period. */
  readonly step: Step | null;
  readonly currencies: readonly Currency[];
};

const FIGURES = ['recorded_count', 'debit_count', 'debit_minor', 'refund_count', 'refund_minor'];
const WHOLE_HOUR = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;

/** The bucket of an instant, or of a day, at a step. */
function bucketSql(step: Step | null, column: string, isDay: boolean): string {
  if (step === null) return 'null::text';
  if (step === 'hour')
    return `to_char(date_trunc('hour', ${column}, 'UTC') at time zone 'UTC', ${WHOLE_HOUR})`;
  if (isDay && step === 'day') return `${column}::text`;
  const wallClock = isDay ? `${column}::timestamp` : `(${column} at time zone 'Europe/Paris')`;
  return `date_trunc('${step}', ${wallClock})::date::text`;
}

/** The figures of any node, from whole days and hours kept up to date and the rows at the edges. */
@Injectable()
export class StatisticsQueries {
  constructor(private readonly database: Database) {}

  /** Figures per step, payment means and currency; steps in which nothing was recorded are absent. */
  async figures(request: FiguresRequest): Promise<readonly Figures[]> {
    const conditions = new SqlConditions();
    const pieces = piecesOf(request.period, request.step === 'hour');
    if (pieces.length === 0) return [];
    const rows = pieces.map((piece) => pieceSql(piece, request, conditions)).join('\nunion all\n');
    // One value for all of them: thousands of small ones cost more to take apart than to find.
    const [row] = await this.database.query<{ figures: readonly FiguresTuple[] | null }>(
      `select json_agg(json_build_array(bucket, payment_means, currency, recorded_count,
           debit_count, debit_minor, refund_count, refund_minor, maximum_minor)) as figures
       from (${isStepOf(request.step, pieces) ? rows : summedUp(rows)}) f`,
      conditions.parameters,
    );
    return (row?.figures ?? []).map(figuresOf);
  }
}

/** Whether the rows of the only piece are the steps already: there is nothing to add up. */
function isStepOf(step: Step | null, [piece, ...others]: readonly PeriodPiece[]): boolean {
  if (others.length > 0) return false;
  return piece?.source === 'days' ? step === 'day' : piece?.source === 'hours' && step === 'hour';
}

function summedUp(rows: string): string {
  const sums = FIGURES.map((name) => `sum(${name})::bigint as ${name}`);
  return `select bucket, payment_means, currency, ${sums.join(', ')}, max(maximum_minor) as maximum_minor
    from (${rows}) p group by bucket, payment_means, currency`;
}

/** Figures as they travel, in the order of their names. */
type FiguresTuple = readonly [
  bucket: string | null,
  paymentMeans: string,
  currency: Currency,
  recordedCount: number,
  debitCount: number,
  debitMinor: number,
  refundCount: number,
  refundMinor: number,
  maximumMinor: number | null,
];

function figuresOf(tuple: FiguresTuple): Figures {
  const [bucket, paymentMeans, currency, recordedCount, ...figures] = tuple;
  const [debitCount, debitMinor, refundCount, refundMinor, maximumMinor] = figures;
  invariant(
    Number.isSafeInteger(debitMinor) && Number.isSafeInteger(refundMinor),
    `sums of ${paymentMeans} beyond 2^53`,
  );
  return {
    bucket,
    paymentMeans,
    currency,
    recordedCount,
    debitCount,
    debitMinor,
    refundCount,
    refundMinor,
    maximumMinor,
  };
}

function pieceSql(piece: PeriodPiece, request: FiguresRequest, shared: SqlConditions): string {
  const sql = shared.another();
  if (piece.source === 'rows') return rowsSql(piece, request, sql);
  const isDay = piece.source === 'days';
  const { environment, nodeId } = request.scope;
  const type = isDay ? 'date' : 'timestamptz';
  const bound = (at: Period['from']) => `${sql.parameter(isDay ? businessDayOf(at) : at)}::${type}`;
  sql.add(`environment = ${sql.parameter(environment)}`);
  sql.add(`node_id = ${sql.parameter(nodeId === ROOT_NODE ? ROOT_NODE_ID : nodeId)}::uuid`);
  sql.add(`bucket >= ${bound(piece.from)}`);
  sql.add(`bucket < ${bound(piece.to)}`);
  sql.addAny('currency', request.currencies);
  return `select ${bucketSql(request.step, 'bucket', isDay)} as bucket, payment_means, currency,
      ${FIGURES.join(', ')}, maximum_minor
    from ${JOURNAL_SCHEMA}.statistics_${isDay ? 'day' : 'hour'} where ${sql.text}`;
}

function rowsSql(piece: PeriodPiece, request: FiguresRequest, sql: SqlConditions): string {
  addScope(sql, request.scope);
  sql.add('combination is not null');
  sql.add(`created_at >= ${sql.parameter(piece.from)}::timestamptz`);
  sql.add(`created_at < ${sql.parameter(piece.to)}::timestamptz`);
  sql.addAny('currency', request.currencies);
  const isDebit = `combination in (${COUNTED_DEBITS.join(', ')})`;
  const isRefund = `combination in (${COUNTED_REFUNDS.join(', ')})`;
  return `select ${bucketSql(request.step, 'created_at', false)} as bucket, payment_means, currency,
      1 as recorded_count, (${isDebit})::int as debit_count,
      case when ${isDebit} then debited_minor else 0 end as debit_minor,
      (${isRefund})::int as refund_count,
      case when ${isRefund} then initial_minor else 0 end as refund_minor,
      case when ${isDebit} then debited_minor end as maximum_minor
    from ${JOURNAL_SCHEMA}.transactions where ${sql.text}`;
}
