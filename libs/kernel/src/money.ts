import { DIGITS } from './currency-table.generated';
import { invariant } from './invariant';

export { DIGITS, NUMERIC_CODES } from './currency-table.generated';

/** An ISO 4217 alphabetic code with minor units, such as EUR, JPY or TND. */
export type Currency = keyof typeof DIGITS;

/** An exact amount in minor units: 12,50 € is { minor: 1250, currency: 'EUR' }. Never a float. */
export type Money = { readonly minor: number; readonly currency: Currency };

/** Builds an amount. Throws when `minor` is not a safe integer: the edge has checked it before. */
export function money(minor: number, currency: Currency): Money {
  invariant(Number.isSafeInteger(minor), `minor units must be a safe integer, got ${minor}`);
  return { minor, currency };
}

/** Tells whether a text is a known ISO 4217 currency. */
export function isCurrency(code: string): code is Currency {
  return Object.hasOwn(DIGITS, code);
}

/** Sum of two amounts of one currency (GEN-01: no figure ever adds two currencies). */
export function plus(left: Money, right: Money): Money {
  invariant(left.currency === right.currency, 'amounts of two currencies are never added');
  return money(left.minor + right.minor, left.currency);
}

/** Difference of two amounts of one currency. May be negative. */
export function minus(left: Money, right: Money): Money {
  return plus(left, money(-right.minor, right.currency));
}

/** Decimal text with the digits of the currency and a point: 1250 EUR is "12.50", 1250 JPY "1250". */
export function toDecimal({ minor, currency }: Money): string {
  const digits = DIGITS[currency];
  const sign = minor < 0 ? '-' : '';
  const text = String(Math.abs(minor)).padStart(digits + 1, '0');
  if (digits === 0) return sign + text;
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/**
 * Quotient of a sum by a count, rounded half up to the minor unit (STAT-12).
 * Exact for every safe integer: no intermediate float.
 */
export function divideHalfUp(minor: number, count: number): number {
  invariant(Number.isSafeInteger(minor) && minor >= 0, 'the sum is a non-negative safe integer');
  invariant(Number.isSafeInteger(count) && count > 0, 'the count is a positive integer');
  const quotient = (BigInt(minor) * 2n + BigInt(count)) / (BigInt(count) * 2n);
  return Number(quotient);
}
