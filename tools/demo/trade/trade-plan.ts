import {
  addDays,
  type BusinessDay,
  businessDay,
  daysBetween,
  epochMillis,
  type Instant,
  parisInstant,
  plusMillis,
} from '@encaisse/kernel';
import { withLuhnDigit } from '../luhn';
import { derivedUuidV7 } from './row-ids';
import { type Purchase, readTradeFile, TradeFileError } from './trade-file';

/** A purchase of the file as it is to be paid. */
export type PlannedPayment = {
  readonly line: number;
  /** 0 to 3: customer number modulo 4. */
  readonly shop: number;
  readonly orderReference: string;
  readonly amountMinor: number;
  readonly cardNumber: string;
  readonly isAuthorizationOnly: boolean;
  /** What the acquirer simulator will say in the end: it only looks at the amount. */
  readonly isAccepted: boolean;
  /** The acquirer answers late or never: the final status comes after its time-out. */
  readonly isSlow: boolean;
  readonly at: Instant;
};

export type TradeStep = {
  readonly kind: 'payment' | 'capture' | 'refund' | 'cancel';
  readonly at: Instant;
  readonly payment: PlannedPayment;
  /** Of the step: what is paid, captured, refunded or cancelled. */
  readonly amountMinor: number;
};

export type TradeDay = {
  readonly day: BusinessDay;
  /** In the order of their instants, then of the file. The evening's telecollection follows them. */
  readonly steps: readonly TradeStep[];
  readonly telecollectionAt: Instant;
};

export type TradePlan = {
  readonly firstDay: BusinessDay;
  /** The last day that is played. */
  readonly lastDay: BusinessDay;
  /** YYMM. */
  readonly cardExpiry: string;
  readonly days: readonly TradeDay[];
  readonly stepCount: number;
  /** Purchases of 0.00: a payment of zero is no payment. */
  readonly leftOut: readonly Purchase[];
  /** Refunds that would be of zero: half a cent, rounded down. */
  readonly emptyRefunds: readonly PlannedPayment[];
};

export const TELECOLLECTION_TIME = '23:00';
const MAXIMUM_MINOR = 1_000_000;
/** Last two digits the acquirer simulator refuses, and those it does not answer in time. */
export const REFUSED_ENDINGS: ReadonlySet<number> = new Set([51, 5, 54, 91, 92, 96]);
export const SLOW_ENDINGS: ReadonlySet<number> = new Set([91, 92]);
const SECONDS_BETWEEN = 30;
/** The row after these would be paid at 22:00, when the day's cancellations are made. */
const ROWS_A_DAY = ((22 - 9) * 3600) / SECONDS_BETWEEN;

/**
 * Everything a trade file asks for, by the rules of the replay, once its last day is moved to
 * `lastDay`. With `limitDays`, only that many days from the first are played. Pure.
 */
export function planTrade(csvText: string, lastDay: BusinessDay, limitDays?: number): TradePlan {
  const purchases = readTradeFile(csvText);
  const dates = purchases.map(({ date }) => date).sort();
  const shift = daysBetween(businessDay(dates.at(-1)!), lastDay);
  const firstDay = addDays(businessDay(dates[0]!), shift);
  const cutDay = limitDays === undefined ? lastDay : addDays(firstDay, limitDays - 1);
  const lastPlayed = cutDay < lastDay ? cutDay : lastDay;
  const payments = paymentsOf(purchases, shift);
  const stepsByDay = new Map<BusinessDay, TradeStep[]>();
  const emptyRefunds: PlannedPayment[] = [];
  for (const step of payments.flatMap((payment) => [paid(payment), capture(payment)])) {
    if (step) put(stepsByDay, step.day, step.step);
  }
  for (const { payment, day, step } of laterSteps(payments)) {
    if (step.amountMinor > 0) put(stepsByDay, day, step);
    else if (day <= lastPlayed) emptyRefunds.push(payment);
  }
  const days = daysOf(firstDay, lastPlayed, stepsByDay);
  return {
    firstDay,
    lastDay: lastPlayed,
    cardExpiry: `${String(Number(lastDay.slice(2, 4)) + 3).padStart(2, '0')}12`,
    days,
    stepCount: days.reduce((count, { steps }) => count + steps.length, 0),
    leftOut: purchases.filter(
      ({ amountMinor, date }) =>
        amountMinor === 0 && addDays(businessDay(date), shift) <= lastPlayed,
    ),
    emptyRefunds,
  };
}

/** The id of a step's operation. A payment that failed technically is tried again under a new one. */
export function operationIdOf({ kind, at, payment }: TradeStep, attempt = 1): string {
  const again = attempt === 1 ? '' : `|${attempt}`;
  return derivedUuidV7(epochMillis(at), `${kind}|${payment.orderReference}${again}`);
}

type DatedStep = { readonly day: BusinessDay; readonly step: TradeStep };
type DatedPayment = PlannedPayment & { readonly day: BusinessDay };
type LaterStep = DatedStep & { readonly payment: DatedPayment };

function paymentsOf(purchases: readonly Purchase[], shift: number): DatedPayment[] {
  const rowsOfDay = new Map<string, number>();
  const rowsOfCustomer = new Map<string, number>();
  const payments: DatedPayment[] = [];
  for (const { line, customer, date, items, amountMinor } of purchases) {
    const row = count(rowsOfDay, date) - 1;
    const orderReference = `CD-${customer}-${count(rowsOfCustomer, customer)}`;
    if (row >= ROWS_A_DAY)
      throw new TradeFileError(`ligne ${line} : plus de ${ROWS_A_DAY} achats le ${date}`);
    if (amountMinor === 0) continue;
    const day = addDays(businessDay(date), shift);
    const ending = amountMinor % 100;
    payments.push({
      line,
      day,
      shop: Number(customer) % 4,
      orderReference,
      amountMinor,
      cardNumber: cardNumberOf(customer),
      isAuthorizationOnly: items >= 10,
      isAccepted: amountMinor <= MAXIMUM_MINOR && !REFUSED_ENDINGS.has(ending),
      isSlow: amountMinor <= MAXIMUM_MINOR && SLOW_ENDINGS.has(ending),
      at: plusMillis(parisInstant(day, '09:00:00'), row * SECONDS_BETWEEN * 1000),
    });
  }
  return payments;
}

function paid(payment: DatedPayment): DatedStep {
  const { at, day, amountMinor } = payment;
  return { day, step: { kind: 'payment', at, payment, amountMinor } };
}

function capture(payment: DatedPayment): DatedStep | null {
  if (!payment.isAccepted || !payment.isAuthorizationOnly) return null;
  const day = addDays(payment.day, 2);
  const { amountMinor } = payment;
  const at = parisInstant(day, '10:00:00');
  return { day, step: { kind: 'capture', at, payment, amountMinor } };
}

/** Cancellations and refunds: by the rank among all the accepted purchases, in file order. */
function laterSteps(payments: readonly DatedPayment[]): LaterStep[] {
  const accepted = payments.filter(({ isAccepted }) => isAccepted);
  return accepted.flatMap((payment, index): LaterStep[] => {
    const rank = index + 1;
    const { amountMinor } = payment;
    if (rank % 50 === 0 && !payment.isAuthorizationOnly) {
      const at = parisInstant(payment.day, '22:00:00');
      return [{ payment, day: payment.day, step: { kind: 'cancel', at, payment, amountMinor } }];
    }
    if (rank % 20 !== 0) return [];
    const day = addDays(payment.day, 10);
    const at = parisInstant(day, '11:00:00');
    const half = Math.floor(amountMinor / 2);
    return [{ payment, day, step: { kind: 'refund', at, payment, amountMinor: half } }];
  });
}

function daysOf(
  firstDay: BusinessDay,
  lastDay: BusinessDay,
  stepsByDay: ReadonlyMap<BusinessDay, readonly TradeStep[]>,
): TradeDay[] {
  const days: TradeDay[] = [];
  for (let day = firstDay; day <= lastDay; day = addDays(day, 1)) {
    const steps = [...(stepsByDay.get(day) ?? [])].sort(
      (one, other) =>
        epochMillis(one.at) - epochMillis(other.at) || one.payment.line - other.payment.line,
    );
    days.push({ day, steps, telecollectionAt: parisInstant(day, TELECOLLECTION_TIME) });
  }
  return days;
}

function put(steps: Map<BusinessDay, TradeStep[]>, day: BusinessDay, step: TradeStep): void {
  const list = steps.get(day);
  if (list) list.push(step);
  else steps.set(day, [step]);
}

/** Counts one more under a key; returns the new count. */
function count(counts: Map<string, number>, key: string): number {
  const next = (counts.get(key) ?? 0) + 1;
  counts.set(key, next);
  return next;
}

/** `400000`, the customer on nine digits, the check digit. */
function cardNumberOf(customer: string): string {
  return withLuhnDigit(`400000${String(Number(customer)).padStart(9, '0')}`);
}
