import {
  type BusinessDay,
  type Instant,
  addDays,
  businessDayOf,
  parisInstant,
} from '@encaisse/kernel';

/**
 * The first instant after another at which one of these times of day (HH:MM, Europe/Paris) comes;
 * null without times. A time that the spring night skips comes when the clocks have moved on, a time
 * that the autumn night shows twice comes the first time only.
 */
export function nextTelecollection(after: Instant, times: Iterable<string>): Instant | null {
  const today = businessDayOf(after);
  let next: Instant | null = null;
  for (const time of times) {
    const at = firstAfter(after, today, time);
    if (next === null || at < next) next = at;
  }
  return next;
}

function firstAfter(after: Instant, today: BusinessDay, time: string): Instant {
  const at = parisInstant(today, time);
  return at > after ? at : parisInstant(addDays(today, 1), time);
}

/** Whether a time of day is the one an instant stands for on its Paris day. */
export function isTelecollectedAt(dueAt: Instant, time: string): boolean {
  return parisInstant(businessDayOf(dueAt), time) === dueAt;
}
