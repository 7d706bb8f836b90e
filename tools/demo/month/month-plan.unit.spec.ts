import { businessDay, daysBetween, isUuidV7 } from '@encaisse/kernel';
import { BRAND_ID, CONTRACTS } from './month-place';
import { planMonth } from './month-plan';

const LAST_DAY = businessDay('2026-11-21');

describe('Plan a month of trade', () => {
  const days = planMonth(LAST_DAY);
  const steps = days.flatMap((day) => day.steps);
  const paid = new Map(
    steps.filter(({ kind }) => kind === 'payment').map((step) => [step.id, step]),
  );
  const originalOf = (path: string) => paid.get(path.split('/')[4] ?? '');

  it('is the same each time, thirty days up to the last', () => {
    expect(planMonth(LAST_DAY)).toEqual(days);
    expect(days).toHaveLength(30);
    expect(days.at(-1)?.day).toBe(LAST_DAY);
  });

  it('holds some of everything that can happen', () => {
    const counts = new Map<string, number>();
    for (const { kind } of steps) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    expect(counts.get('payment')).toBeGreaterThan(300);
    for (const kind of ['capture', 'cancel', 'refund', 'send'])
      expect(counts.get(kind)).toBeGreaterThan(4);
    const used = [...paid.values()].map(({ body }) => (body as { contractId: string }).contractId);
    expect(new Set(used).size).toBe(CONTRACTS.length);
  });

  it('gives every step an id of its own', () => {
    const ids = steps.map(({ id }) => id);
    expect(new Set([BRAND_ID, ...ids]).size).toBe(ids.length + 1);
    expect(ids.every(isUuidV7)).toBe(true);
  });

  it('refunds only after the evening on which the sale was sent', () => {
    for (const { day, steps: ofDay } of days)
      for (const { path } of ofDay.filter(({ kind }) => kind === 'refund')) {
        const original = originalOf(path);
        const { contractId } = original?.body as { contractId: string };
        const deferral = CONTRACTS.find((one) => one.contractId === contractId)!.deferralDays;
        const saleDay = businessDay(original!.at.slice(0, 10));
        expect(daysBetween(saleDay, day)).toBeGreaterThan(deferral);
      }
  });

  it('plays each day in the order of its instants', () => {
    for (const { steps: ofDay } of days) {
      const times = ofDay.map(({ at }) => at);
      expect(times).toEqual([...times].sort());
    }
  });
});
