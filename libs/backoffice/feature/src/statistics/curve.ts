import {
  addDays,
  addMonths,
  type BusinessDay,
  businessDayOf,
  type Currency,
  epochMillis,
  instant,
  instantOfEpochMillis,
  type Money,
  money,
} from '@encaisse/kernel';
import type { Period } from '../search/period';
import { currenciesOf } from './dashboard';
import { HOUR_MILLIS } from './period-pieces';
import type { Figures, Step } from './statistics-queries';

/** What the curve draws; both are given at every point (STAT-03). */
export const CURVE_FIGURES = ['turnover', 'count'] as const;
export type CurveFigure = (typeof CURVE_FIGURES)[number];
/** One curve per payment means, or one for all. */
export const BREAKDOWNS = ['cumulated', 'paymentMeans'] as const;
export type Breakdown = (typeof BREAKDOWNS)[number];

export type CurvePoint = {
  /** First instant of an hour, else first day of a day, week (Monday) or month. */
  readonly at: string;
  /** The figure asked for: a number, or minor units. */
  readonly value: number;
  readonly count: number;
  readonly turnover: Money;
};

export type CurveSeries = {
  /** Null when all means are cumulated. */
  readonly paymentMeans: string | null;
  readonly count: number;
  readonly turnover: Money;
  readonly points: readonly CurvePoint[];
};

export type CurrencyCurve = {
  readonly currency: Currency;
  readonly series: readonly CurveSeries[];
};

export type CurveRequest = {
  readonly period: Period;
  readonly step: Step;
  readonly figure: CurveFigure;
  readonly breakdown: Breakdown;
};

/**
 * The curves of figures per step. Their axis begins at the first step in which a transaction was
 * recorded (STAT-04) and goes on to the end of the period; steps without one are at zero.
 */
export function curvesOf(
  figures: readonly Figures[],
  request: CurveRequest,
): readonly CurrencyCurve[] {
  const steps = stepsFrom(firstBucket(figures), request);
  return currenciesOf(figures).map((currency) => {
    const ofCurrency = figures.filter((one) => one.currency === currency);
    const means =
      request.breakdown === 'cumulated'
        ? [null]
        : [...new Set(ofCurrency.map(({ paymentMeans }) => paymentMeans))].sort();
    return {
      currency,
      series: means.map((paymentMeans) => {
        const own =
          paymentMeans === null
            ? ofCurrency
            : ofCurrency.filter((one) => one.paymentMeans === paymentMeans);
        return seriesOf(paymentMeans, currency, own, steps, request.figure);
      }),
    };
  });
}

function firstBucket(figures: readonly Figures[]): string | null {
  let first: string | null = null;
  for (const { bucket, recordedCount } of figures) {
    if (bucket !== null && recordedCount > 0 && (first === null || bucket < first)) first = bucket;
  }
  return first;
}

function stepsFrom(first: string | null, { period, step }: CurveRequest): readonly string[] {
  if (first === null) return [];
  const steps: string[] = [];
  if (step === 'hour') {
    const end = epochMillis(period.to);
    for (let at = epochMillis(instant(first)); at < end; at += HOUR_MILLIS)
      steps.push(instantOfEpochMillis(at));
    return steps;
  }
  const last = businessDayOf(instantOfEpochMillis(epochMillis(period.to) - 1));
  for (let day = first as BusinessDay; day <= last; day = nextStep(day, step)) steps.push(day);
  return steps;
}

function nextStep(day: BusinessDay, step: Exclude<Step, 'hour'>): BusinessDay {
  if (step === 'month') return addMonths(day, 1);
  return addDays(day, step === 'week' ? 7 : 1);
}

function seriesOf(
  paymentMeans: string | null,
  currency: Currency,
  figures: readonly Figures[],
  steps: readonly string[],
  figure: CurveFigure,
): CurveSeries {
  const counts = new Map<string, number>();
  const turnovers = new Map<string, number>();
  let count = 0;
  let turnover = 0;
  for (const one of figures) {
    const bucket = one.bucket ?? '';
    const ownCount = one.debitCount + one.refundCount;
    const ownTurnover = one.debitMinor - one.refundMinor;
    counts.set(bucket, (counts.get(bucket) ?? 0) + ownCount);
    turnovers.set(bucket, (turnovers.get(bucket) ?? 0) + ownTurnover);
    count += ownCount;
    turnover += ownTurnover;
  }
  const points = steps.map((at): CurvePoint => {
    const counted = counts.get(at) ?? 0;
    const minor = turnovers.get(at) ?? 0;
    const value = figure === 'count' ? counted : minor;
    return { at, value, count: counted, turnover: money(minor, currency) };
  });
  return { paymentMeans, count, turnover: money(turnover, currency), points };
}
