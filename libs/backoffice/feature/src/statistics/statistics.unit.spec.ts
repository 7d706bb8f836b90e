import { type Instant, instant, money } from '@encaisse/kernel';
import type { TransactionEvent } from '@encaisse/ledger/domain';
import { eventsOf, WORKED_DAY } from '../fixtures/recorded-transactions';
import { contributionOf } from '../journal/contribution';
import { foldTransaction } from '../journal/fold-transaction';
import type { JournalRow } from '../journal/journal-row';
import { curvesOf } from './curve';
import { dashboardOf } from './dashboard';
import { piecesOf } from './period-pieces';
import type { Figures } from './statistics-queries';

const rowOf = (events: readonly TransactionEvent[]) =>
  events.reduce<JournalRow | undefined>(foldTransaction, undefined)!;

/** The figures of a single transaction, as a roll-up would hold them. */
function figuresOf(row: JournalRow): Figures {
  const contribution = contributionOf(row);
  const { paymentMeans, currency } = row;
  const maximumMinor = contribution.debitCount > 0 ? contribution.debitMinor : null;
  return { bucket: row.businessDay, paymentMeans, currency, ...contribution, maximumMinor };
}

const eur = (minor: number) => money(minor, 'EUR');
const figures = WORKED_DAY.map((sketch) => figuresOf(rowOf(eventsOf(sketch))));

describe('Figures of the worked day', () => {
  const [dashboard] = dashboardOf(figures);
  const means = (name: string) => dashboard?.rows.find((row) => row.paymentMeans === name);

  it('STAT-08 breaks accepted transactions down by payment means', () => {
    expect(dashboard?.rows.map((row) => row.paymentMeans)).toEqual(['CB', 'PAYPAL', 'VISA']);
  });

  it.each([
    ['CB', 2, 4500, 5500, 5500],
    ['VISA', 2, 13333, 10000, 6667],
    ['PAYPAL', 0, 0, null, null],
  ] as const)(
    'STAT-09 STAT-10 STAT-11 STAT-12 gives %s %p transactions, %p of turnover',
    (name, count, amount, maximum, averageBasket) => {
      expect(means(name)).toMatchObject({
        count,
        amount: eur(amount),
        maximum: maximum === null ? null : eur(maximum),
        averageBasket: averageBasket === null ? null : eur(averageBasket),
      });
    },
  );

  it('STAT-09 STAT-10 STAT-11 STAT-12 gives the sums of all means', () => {
    expect(dashboard?.all).toEqual({
      paymentMeans: null,
      count: 4,
      amount: eur(17833),
      maximum: eur(10000),
      averageBasket: eur(6278),
      debitCount: 3,
      debitAmount: eur(18833),
      refundCount: 1,
      refundAmount: eur(1000),
    });
  });

  it('STAT-10 leaves a cancelled transaction at nothing', () => {
    expect(contributionOf(rowOf(eventsOf(WORKED_DAY[5]!)))).toMatchObject({
      recordedCount: 1,
      debitCount: 0,
      debitMinor: 0,
    });
  });

  it('STAT-14 shows euros first and never adds two currencies', () => {
    const others = figures.map((one) => ({ ...one, currency: 'CHF' as const }));
    const both = dashboardOf([...others, ...figures]);
    expect(both.map(({ currency }) => currency)).toEqual(['EUR', 'CHF']);
    expect(both[0]).toEqual(dashboard);
  });
});

const figureAt = (bucket: string, more: Partial<Figures> = {}): Figures => ({
  bucket,
  paymentMeans: 'CB',
  currency: 'EUR',
  recordedCount: 1,
  debitCount: 1,
  debitMinor: 1000,
  refundCount: 0,
  refundMinor: 0,
  maximumMinor: 1000,
  ...more,
});

describe('The curve', () => {
  const november = {
    from: instant('2026-10-31T23:00:00.000Z'),
    to: instant('2026-11-30T23:00:00.000Z'),
  };
  const request = {
    period: november,
    step: 'day',
    figure: 'turnover',
    breakdown: 'cumulated',
  } as const;

  it('STAT-04 begins at the first date with a recorded transaction and ends with the period', () => {
    const refused = figureAt('2026-11-20', { debitCount: 0, debitMinor: 0, maximumMinor: null });
    const [curve] = curvesOf([figureAt('2026-11-28'), refused], request);
    const points = curve?.series[0]?.points ?? [];
    expect(points[0]).toMatchObject({ at: '2026-11-20', value: 0 });
    expect(points.at(-1)).toMatchObject({ at: '2026-11-30', value: 0 });
    expect(points).toHaveLength(11);
  });

  it('STAT-03 gives the number of transactions or the turnover', () => {
    const refund = figureAt('2026-11-30', {
      debitCount: 0,
      debitMinor: 0,
      refundCount: 1,
      refundMinor: 300,
    });
    const both = [figureAt('2026-11-30'), refund];
    const valueOf = (figure: 'count' | 'turnover') =>
      curvesOf(both, { ...request, figure })[0]?.series[0]?.points[0]?.value;
    expect([valueOf('count'), valueOf('turnover')]).toEqual([2, 700]);
  });

  it('STAT-02 breaks either figure down by payment means, or cumulates it', () => {
    const both = [figureAt('2026-11-30'), figureAt('2026-11-30', { paymentMeans: 'VISA' })];
    const split = curvesOf(both, { ...request, breakdown: 'paymentMeans' })[0]?.series;
    expect(split?.map(({ paymentMeans, count }) => [paymentMeans, count])).toEqual([
      ['CB', 1],
      ['VISA', 1],
    ]);
    expect(curvesOf(both, request)[0]?.series).toMatchObject([{ paymentMeans: null, count: 2 }]);
  });

  it.each([
    ['2026-03-29', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z', 23],
    ['2026-10-25', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z', 25],
    ['2026-12-31', '2026-12-30T23:00:00.000Z', '2026-12-31T23:00:00.000Z', 24],
  ])('STAT-02 gives %s its hours as instants', (_day, from, to, hours) => {
    const period = { from: from as Instant, to: to as Instant };
    const [curve] = curvesOf([figureAt(from)], { ...request, period, step: 'hour' });
    expect(curve?.series[0]?.points).toHaveLength(hours);
  });

  it('STAT-02 steps by weeks from Monday and by months', () => {
    const weeks = curvesOf([figureAt('2026-10-26')], { ...request, step: 'week' })[0];
    expect(weeks?.series[0]?.points.map(({ at }) => at)).toEqual([
      '2026-10-26',
      '2026-11-02',
      '2026-11-09',
      '2026-11-16',
      '2026-11-23',
      '2026-11-30',
    ]);
    const months = curvesOf([figureAt('2026-09-01')], { ...request, step: 'month' })[0];
    expect(months?.series[0]?.points.map(({ at }) => at)).toEqual([
      '2026-09-01',
      '2026-10-01',
      '2026-11-01',
    ]);
  });
});

describe('The pieces of a period', () => {
  const pieces = (from: string, to: string, isByHour = false) =>
    piecesOf({ from: instant(from), to: instant(to) }, isByHour).map(
      (piece) => `${piece.source} ${piece.from} ${piece.to}`,
    );

  it('are rows, hours, days, hours and rows', () => {
    expect(pieces('2026-11-20T10:15:00.000Z', '2026-11-23T11:30:00.000Z')).toEqual([
      'rows 2026-11-20T10:15:00.000Z 2026-11-20T11:00:00.000Z',
      'hours 2026-11-20T11:00:00.000Z 2026-11-20T23:00:00.000Z',
      'days 2026-11-20T23:00:00.000Z 2026-11-22T23:00:00.000Z',
      'hours 2026-11-22T23:00:00.000Z 2026-11-23T11:00:00.000Z',
      'rows 2026-11-23T11:00:00.000Z 2026-11-23T11:30:00.000Z',
    ]);
  });

  it('are whole days alone between two midnights, across a change of clocks', () => {
    expect(pieces('2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z')).toEqual([
      'days 2026-10-24T22:00:00.000Z 2026-10-25T23:00:00.000Z',
    ]);
  });

  it('are rows alone within an hour', () => {
    expect(pieces('2026-11-20T10:15:00.000Z', '2026-11-20T10:45:00.000Z')).toEqual([
      'rows 2026-11-20T10:15:00.000Z 2026-11-20T10:45:00.000Z',
    ]);
  });

  it('are hours alone when the step is an hour', () => {
    expect(pieces('2026-11-20T10:00:00.000Z', '2026-11-23T11:00:00.000Z', true)).toEqual([
      'hours 2026-11-20T10:00:00.000Z 2026-11-23T11:00:00.000Z',
    ]);
  });
});
