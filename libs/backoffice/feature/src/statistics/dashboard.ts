import { type Currency, divideHalfUp, type Money, money } from '@encaisse/kernel';
import type { Figures } from './statistics-queries';

/** One line of the dashboard (STAT-08): a payment means, or all of them. */
export type DashboardRow = {
  readonly paymentMeans: string | null;
  /** Turnover: counted debits less counted refunds (STAT-10). */
  readonly amount: Money;
  readonly count: number;
  /** Highest counted debit; null when there is none (STAT-11). */
  readonly maximum: Money | null;
  /** Debits divided by their number, rounded half up; null when there is none (STAT-12). */
  readonly averageBasket: Money | null;
  readonly debitCount: number;
  readonly debitAmount: Money;
  readonly refundCount: number;
  readonly refundAmount: Money;
};

export type CurrencyDashboard = {
  readonly currency: Currency;
  readonly all: DashboardRow;
  readonly rows: readonly DashboardRow[];
};

/** Euros first, then by code (STAT-14). */
export function currenciesOf(figures: readonly Figures[]): readonly Currency[] {
  const found = [...new Set(figures.map(({ currency }) => currency))].sort();
  return found.includes('EUR') ? ['EUR', ...found.filter((code) => code !== 'EUR')] : found;
}

/** The dashboard of figures over a whole period, per currency: no figure adds two currencies. */
export function dashboardOf(figures: readonly Figures[]): readonly CurrencyDashboard[] {
  return currenciesOf(figures).map((currency) => {
    const ofCurrency = figures.filter((one) => one.currency === currency);
    const means = [...new Set(ofCurrency.map(({ paymentMeans }) => paymentMeans))].sort();
    return {
      currency,
      all: rowOf(null, currency, ofCurrency),
      rows: means.map((paymentMeans) =>
        rowOf(
          paymentMeans,
          currency,
          ofCurrency.filter((one) => one.paymentMeans === paymentMeans),
        ),
      ),
    };
  });
}

function rowOf(
  paymentMeans: string | null,
  currency: Currency,
  figures: readonly Figures[],
): DashboardRow {
  const sum = (valueOf: (one: Figures) => number) =>
    figures.reduce((total, one) => total + valueOf(one), 0);
  const debitCount = sum((one) => one.debitCount);
  const debitMinor = sum((one) => one.debitMinor);
  const refundCount = sum((one) => one.refundCount);
  const refundMinor = sum((one) => one.refundMinor);
  const maxima = figures.flatMap(({ maximumMinor }) => maximumMinor ?? []);
  return {
    paymentMeans,
    amount: money(debitMinor - refundMinor, currency),
    count: debitCount + refundCount,
    maximum: maxima.length === 0 ? null : money(Math.max(...maxima), currency),
    averageBasket: debitCount === 0 ? null : money(divideHalfUp(debitMinor, debitCount), currency),
    debitCount,
    debitAmount: money(debitMinor, currency),
    refundCount,
    refundAmount: money(refundMinor, currency),
  };
}
