import { DateTime } from 'luxon';
import { dateTextOf, dayNumberOfText, digits } from './civil';
import { invariant } from './invariant';

/** A UTC instant with milliseconds, as text: 2026-11-22T08:30:00.000Z. Text order is time order. */
export type Instant = string & { readonly brand: 'Instant' };

const SHAPE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** Reads any ISO 8601 text that carries an offset; null when it is not one. */
export function parseInstant(text: string): Instant | null {
  if (!/(?:Z|[+-]\d{2}:?\d{2})$/.test(text)) return null;
  const time = DateTime.fromISO(text, { zone: 'utc' });
  return time.isValid ? (time.toISO({ suppressMilliseconds: false }) as Instant) : null;
}

/** An instant written in the code or read back from storage. Throws when malformed. */
export function instant(text: string): Instant {
  invariant(SHAPE.test(text), `not an instant: ${text}`);
  return text as Instant;
}

const DAY_MILLIS = 86_400_000;

/** Milliseconds since 1970 of an instant. */
export function epochMillis(at: Instant): number {
  const hours = Number(at.slice(11, 13));
  const minutes = Number(at.slice(14, 16));
  const seconds = Number(at.slice(17, 19));
  const millis = Number(at.slice(20, 23));
  const timeOfDay = ((hours * 60 + minutes) * 60 + seconds) * 1000 + millis;
  return dayNumberOfText(at) * DAY_MILLIS + timeOfDay;
}

/** The instant of a number of milliseconds since 1970. Throws beyond the years 0 to 9999. */
export function instantOfEpochMillis(millis: number): Instant {
  const day = Math.floor(millis / DAY_MILLIS);
  const timeOfDay = millis - day * DAY_MILLIS;
  const seconds = Math.floor(timeOfDay / 1000);
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => digits(part, 2))
    .join(':');
  return instant(`${dateTextOf(day)}T${clock}.${digits(timeOfDay % 1000, 3)}Z`);
}

/** An instant moved by milliseconds. */
export function plusMillis(at: Instant, millis: number): Instant {
  return instantOfEpochMillis(epochMillis(at) + millis);
}
