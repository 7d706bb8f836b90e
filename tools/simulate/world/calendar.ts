/**
 * The Paris calendar once more, in whole numbers and from the rule of Directive 2000/84/EC alone:
 * summer time from the last Sunday of March, 01:00 UTC, to the last Sunday of October, 01:00 UTC. It
 * shares nothing with the product, whose days it checks.
 */
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function lastSundayAtOne(year: number, month: number): number {
  const lastDay = new Date(Date.UTC(year, month + 1, 0));
  return lastDay.getTime() - lastDay.getUTCDay() * DAY + HOUR;
}

/** The Paris day of an instant, YYYY-MM-DD. */
export function parisDay(instant: string): string {
  const at = Date.parse(instant);
  const year = new Date(at).getUTCFullYear();
  const isSummer = at >= lastSundayAtOne(year, 2) && at < lastSundayAtOne(year, 9);
  return new Date(at + (isSummer ? 2 : 1) * HOUR).toISOString().slice(0, 10);
}

/** Days from one day to another. */
export function daysFrom(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY);
}
