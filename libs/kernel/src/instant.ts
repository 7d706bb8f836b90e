import { DateTime } from 'luxon';
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

/** Milliseconds since 1970 of an instant. */
export function epochMillis(at: Instant): number {
  return DateTime.fromISO(at, { zone: 'utc' }).toMillis();
}

/** The instant of a number of milliseconds since 1970. */
export function instantOfEpochMillis(millis: number): Instant {
  return DateTime.fromMillis(millis, { zone: 'utc' }).toISO({
    suppressMilliseconds: false,
  }) as Instant;
}

/** An instant moved by milliseconds. */
export function plusMillis(at: Instant, millis: number): Instant {
  return instantOfEpochMillis(epochMillis(at) + millis);
}
