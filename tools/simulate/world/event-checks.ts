import { parisDay } from './calendar';
import { hold } from './findings';

export type Money = { readonly minor: number; readonly currency: string };
type Data = Readonly<Record<string, unknown>>;

const INSTANTS = ['requestedAt', 'acceptedAt', 'capturedAt', 'cancelledAt', 'refundedAt', 'sentAt'];

/** A day that is stored is the Paris day of the instant it was decided at. */
export function checkDay(type: string, data: Data): void {
  const name = INSTANTS.find((instant) => instant in data);
  if (name === undefined || !('businessDay' in data)) return;
  const day = parisDay(data[name] as string);
  hold(
    data['businessDay'] === day,
    'M4',
    () => `${type} of ${String(data[name])} says ${String(data['businessDay'])}, not ${day}`,
  );
}

/** An amount of an event: whole minor units above zero (M8). */
export function moneyOf(value: unknown): Money {
  const money = value as Money;
  const isWhole = Number.isSafeInteger(money.minor) && money.minor > 0;
  hold(isWhole, 'M8', () => `an amount of ${money.minor}`);
  return money;
}
