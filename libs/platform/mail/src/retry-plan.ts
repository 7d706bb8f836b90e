const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Pauses before the next attempts, growing: 24 hours in all, then the message has failed. */
export const RETRY_PAUSES_MILLIS: readonly number[] = [
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  HOUR,
  4 * HOUR,
  4 * HOUR,
  4 * HOUR,
  4 * HOUR,
  4 * HOUR,
  2 * HOUR + 39 * MINUTE,
];

/** How long to wait after so many attempts; null when none is left. */
export function pauseAfter(
  attempts: number,
  pauses: readonly number[] = RETRY_PAUSES_MILLIS,
): number | null {
  return pauses[attempts - 1] ?? null;
}
