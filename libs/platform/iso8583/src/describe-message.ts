import type { Iso8583Message } from './message';

/**
 * The fields a log may show. A list of what is shown, not of what is hidden: a field nobody thought of
 * stays hidden. Card number, expiry, tracks, PIN and everything private is out.
 */
const SHOWN: ReadonlySet<number> = new Set([
  3, 4, 5, 6, 7, 11, 12, 13, 15, 16, 17, 18, 22, 25, 32, 33, 37, 38, 39, 41, 42, 49, 50, 51, 66, 70,
  73, 90,
]);

/** What stands for a hidden value: not even its length is told. */
export const HIDDEN = '***';

/** A message as a log or a journal may hold it: the same fields, the secret ones as stars. */
export function describeMessage({ mti, fields }: Iso8583Message): Iso8583Message {
  const shown: Record<number, string> = {};
  for (const key in fields) {
    const number = Number(key);
    shown[number] = SHOWN.has(number) ? fields[number]! : HIDDEN;
  }
  return { mti, fields: shown };
}
