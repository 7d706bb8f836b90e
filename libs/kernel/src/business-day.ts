import { DateTime } from 'luxon';
import { dateTextOf, dayNumberOfText } from './civil';
import { type Instant, instantOfEpochMillis } from './instant';
import { invariant } from './invariant';

/** A calendar day in Europe/Paris, as text: 2026-11-22. Decided once, stored in the event (D14). */
export type BusinessDay = string & { readonly brand: 'BusinessDay' };

/** The zone of every business day, cut-off and civil date of the product. */
export const PARIS = 'Europe/Paris';

function atMidnight(day: BusinessDay): DateTime {
  return DateTime.fromISO(day, { zone: PARIS });
}

/** Reads a `YYYY-MM-DD` text; null when it is no day of the calendar. */
export function parseBusinessDay(text: string): BusinessDay | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  return DateTime.fromISO(text, { zone: PARIS }).isValid ? (text as BusinessDay) : null;
}

/** A day written in the code or read back from storage. Throws when malformed. */
export function businessDay(text: string): BusinessDay {
  const day = parseBusinessDay(text);
  invariant(day !== null, `not a business day: ${text}`);
  return day;
}

const REMEMBERED_HOURS = 20_000;
const dayOfHour = new Map<string, BusinessDay>();

/**
 * The Paris day an instant falls on. Paris is a whole number of hours away from UTC since 1911, so that
 * all instants of one UTC hour share their day: it is computed once an hour.
 */
export function businessDayOf(at: Instant): BusinessDay {
  const hour = at.slice(0, 13);
  const known = dayOfHour.get(hour);
  if (known !== undefined) return known;
  const day = DateTime.fromISO(at, { zone: PARIS }).toISODate() as BusinessDay;
  if (dayOfHour.size >= REMEMBERED_HOURS) dayOfHour.clear();
  dayOfHour.set(hour, day);
  return day;
}

/** Days from one day to another, as the calendar counts them (GEN-02): negative when `to` is before. */
export function daysBetween(from: BusinessDay, to: BusinessDay): number {
  return dayNumberOfText(to) - dayNumberOfText(from);
}

/** A day moved by calendar days. */
export function addDays(day: BusinessDay, days: number): BusinessDay {
  return dateTextOf(dayNumberOfText(day) + days) as BusinessDay;
}

/** A day moved by calendar months, clamped to the month's last day (31/03 − 1 month = 28 or 29/02). */
export function addMonths(day: BusinessDay, months: number): BusinessDay {
  return atMidnight(day).plus({ months }).toISODate() as BusinessDay;
}

/** The first instant of a Paris day. Days have 23, 24 or 25 hours. */
export function startOfDay(day: BusinessDay): Instant {
  return instantOfEpochMillis(atMidnight(day).toMillis());
}

const REMEMBERED_TIMES = 2_000;
const instantOfTime = new Map<string, Instant>();

/**
 * The instant at which Paris clocks show `time` (HH:MM or HH:MM:SS) on a day. In the spring gap the
 * shown time is moved forward by the gap; in the autumn overlap the first of the two is meant. Asked
 * again and again by what waits for a time of day, hence remembered.
 */
export function parisInstant(day: BusinessDay, time: string): Instant {
  const shown = `${day}T${time}`;
  const known = instantOfTime.get(shown);
  if (known !== undefined) return known;
  const at = DateTime.fromISO(shown, { zone: PARIS });
  invariant(at.isValid, `not a time of day: ${time}`);
  const earlier = at.minus({ hours: 1 });
  const isOverlap = earlier.hour === at.hour && earlier.minute === at.minute;
  const found = instantOfEpochMillis((isOverlap ? earlier : at).toMillis());
  if (instantOfTime.size >= REMEMBERED_TIMES) instantOfTime.clear();
  instantOfTime.set(shown, found);
  return found;
}

/** Paris wall-clock text of an instant: 2026-11-22T09:30:00 (no offset). */
export function parisWallClock(at: Instant): string {
  return DateTime.fromISO(at, { zone: PARIS }).toFormat("yyyy-MM-dd'T'HH:mm:ss");
}
