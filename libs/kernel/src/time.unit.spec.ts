import fc from 'fast-check';
import { DateTime } from 'luxon';
import {
  addDays,
  addMonths,
  businessDay,
  businessDayOf,
  daysBetween,
  epochMillis,
  instant,
  instantOfEpochMillis,
  parisInstant,
  parseBusinessDay,
  parseInstant,
  startOfDay,
} from './index';

const ANY_MILLIS = fc.integer({
  min: Date.UTC(1990, 0, 1),
  max: Date.UTC(2199, 11, 31, 23, 59, 59, 999),
});

describe('Instants and Paris days', () => {
  it('writes and reads every millisecond as the platform does', () => {
    fc.assert(
      fc.property(ANY_MILLIS, (millis) => {
        const at = instantOfEpochMillis(millis);
        expect(at).toBe(new Date(millis).toISOString());
        expect(epochMillis(at)).toBe(millis);
      }),
    );
  });

  it('GEN-02 finds the Paris day of every instant as luxon does', () => {
    fc.assert(
      fc.property(ANY_MILLIS, (millis) => {
        const expected = DateTime.fromMillis(millis, { zone: 'Europe/Paris' }).toISODate();
        expect(businessDayOf(instantOfEpochMillis(millis))).toBe(expected);
      }),
    );
  });

  it('GEN-02 counts and adds calendar days as luxon does, across clock changes and leap years', () => {
    fc.assert(
      fc.property(ANY_MILLIS, fc.integer({ min: -4000, max: 4000 }), (millis, days) => {
        const day = businessDayOf(instantOfEpochMillis(millis));
        const expected = DateTime.fromISO(day, { zone: 'utc' }).plus({ days }).toISODate();
        expect(addDays(day, days)).toBe(expected);
        expect(daysBetween(day, addDays(day, days))).toBe(days);
      }),
    );
  });

  it('GEN-02 keeps the two nights of the clock change to their days', () => {
    expect(businessDayOf(instant('2026-03-28T22:59:59.999Z'))).toBe('2026-03-28');
    expect(businessDayOf(instant('2026-03-28T23:00:00.000Z'))).toBe('2026-03-29');
    expect(businessDayOf(instant('2026-03-29T21:59:59.999Z'))).toBe('2026-03-29');
    expect(businessDayOf(instant('2026-03-29T22:00:00.000Z'))).toBe('2026-03-30');
    expect(businessDayOf(instant('2026-10-24T22:00:00.000Z'))).toBe('2026-10-25');
    expect(businessDayOf(instant('2026-10-25T22:59:59.999Z'))).toBe('2026-10-25');
    expect(businessDayOf(instant('2026-10-25T23:00:00.000Z'))).toBe('2026-10-26');
  });

  it('starts days of 23, 24 and 25 hours', () => {
    const hours = (day: string) => {
      const start = epochMillis(startOfDay(businessDay(day)));
      return (epochMillis(startOfDay(addDays(businessDay(day), 1))) - start) / 3_600_000;
    };
    expect([hours('2026-03-29'), hours('2026-06-01'), hours('2026-10-25')]).toEqual([23, 24, 25]);
  });

  it('reads Paris times of day, also in the gap and the overlap', () => {
    const at = (day: string, time: string) => parisInstant(businessDay(day), time);
    expect(at('2026-11-22', '23:00')).toBe('2026-11-22T22:00:00.000Z');
    expect(at('2026-07-14', '23:00')).toBe('2026-07-14T21:00:00.000Z');
    expect(at('2026-03-29', '02:30')).toBe('2026-03-29T01:30:00.000Z');
    expect(at('2026-10-25', '02:30')).toBe('2026-10-25T00:30:00.000Z');
    expect(at('2026-10-25', '03:00')).toBe('2026-10-25T02:00:00.000Z');
  });

  it('clamps months to their last day', () => {
    expect(addMonths(businessDay('2017-03-31'), -1)).toBe('2017-02-28');
    expect(addMonths(businessDay('2016-03-31'), -1)).toBe('2016-02-29');
  });

  it('reads only what is an instant or a day', () => {
    expect(parseInstant('2026-11-22T10:00:00+01:00')).toBe('2026-11-22T09:00:00.000Z');
    expect(parseInstant('2026-11-22T10:00:00')).toBeNull();
    expect(parseInstant('yesterday')).toBeNull();
    expect(parseBusinessDay('2026-02-29')).toBeNull();
    expect(parseBusinessDay('2028-02-29')).toBe('2028-02-29');
    expect(() => instant('2026-11-22')).toThrow('not an instant');
  });
});
