import { type Currency, isCurrency } from '@encaisse/kernel';
import { type Query, readProblem, valuesOf } from '@encaisse/platform/lists';

/** A test of an amount in minor units; with a currency it holds for that currency only (TRX-11). */
export type AmountTest = {
  readonly operator: '=' | '>=' | '<=' | '<>';
  readonly minor: number;
  readonly currency: Currency | null;
};

const OPERATORS: Readonly<Record<string, AmountTest['operator']>> = {
  '': '=',
  'eq:': '=',
  '=': '=',
  'gte:': '>=',
  '>=': '>=',
  'lte:': '<=',
  '<=': '<=',
  'ne:': '<>',
  '!=': '<>',
};

const FORM = /^(eq:|gte:|lte:|ne:|>=|<=|!=|=|)(-?\d{1,16})(?::([A-Z]{3}))?$/;

/** Reads `1000`, `gte:1000`, `lte:1000`, `ne:1000`, the signs `=` `>=` `<=` `!=`, and `gte:1000:EUR`. */
export function amountTests(query: Query, name: string): readonly AmountTest[] {
  return valuesOf(query, name).map((text) => {
    const [, sign, digits, currency] = FORM.exec(text) ?? [];
    const operator = sign === undefined ? undefined : OPERATORS[sign];
    const minor = Number(digits);
    if (operator === undefined || !Number.isSafeInteger(minor))
      throw readProblem(
        'invalid-amount-filter',
        name,
        'must be minor units after eq:, gte:, lte: or ne:, such as gte:1000 or gte:1000:EUR',
      );
    if (currency !== undefined && !isCurrency(currency))
      throw readProblem('invalid-amount-filter', name, `${currency} is not an ISO 4217 currency`);
    return { operator, minor, currency: currency ?? null };
  });
}
