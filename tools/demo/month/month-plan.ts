import {
  addDays,
  type BusinessDay,
  epochMillis,
  type Instant,
  parisInstant,
  plusMillis,
} from '@encaisse/kernel';
import { withLuhnDigit } from '../luhn';
import { derivedUuidV7 } from '../trade/row-ids';
import { REFUSED_ENDINGS, SLOW_ENDINGS } from '../trade/trade-plan';
import { CONTRACTS, type MonthContract } from './month-place';
import { Random } from './random';

/** One request of the month. */
export type MonthStep = {
  readonly kind: 'payment' | 'capture' | 'cancel' | 'refund' | 'send';
  readonly id: string;
  readonly at: Instant;
  readonly path: string;
  readonly body: object;
  /** The acquirer will not answer in time. */
  readonly isSlow: boolean;
};

export type MonthDay = { readonly day: BusinessDay; readonly steps: readonly MonthStep[] };

const DAYS = 30;
const SEED = 20_261_121;
const FIRST_NAMES = [
  'camille',
  'louise',
  'hugo',
  'amina',
  'jules',
  'ines',
  'theo',
  'manon',
  'yanis',
];
const LAST_NAMES = ['martin', 'petit', 'durand', 'lefevre', 'moreau', 'benali', 'garnier', 'faure'];
/** Issuer ranges that the public tables give to each network. */
const CARD_PREFIXES: Readonly<Record<MonthContract['means'], readonly [string, number]>> = {
  CB: ['497010', 16],
  VISA: ['455600', 16],
  MASTERCARD: ['513600', 16],
  AMEX: ['371449', 15],
};

type Sale = {
  readonly number: number;
  readonly day: BusinessDay;
  readonly at: Instant;
  readonly contract: MonthContract;
  readonly minor: number;
  readonly isAuthorizationOnly: boolean;
  readonly transactionId: string;
};

/** A month of a brand's trade up to a day: the same one whenever it is planned. Pure. */
export function planMonth(lastDay: BusinessDay, dayCount = DAYS): MonthDay[] {
  const random = new Random(SEED);
  const firstDay = addDays(lastDay, 1 - dayCount);
  const steps = new Map<BusinessDay, MonthStep[]>();
  const put = (day: BusinessDay, step: MonthStep) => {
    if (day <= lastDay) steps.set(day, [...(steps.get(day) ?? []), step]);
  };
  let number = 0;
  for (let index = 0; index < dayCount; index += 1) {
    const day = addDays(firstDay, index);
    const sales = random.between(12, 28);
    for (let count = 0; count < sales; count += 1) {
      number += 1;
      const sale = drawSale(number, day, random);
      put(day, payment(sale, lastDay, random));
      if (!REFUSED_ENDINGS.has(sale.minor % 100)) drawSequel(sale, random, put);
    }
  }
  return Array.from({ length: dayCount }, (_, index) => {
    const day = addDays(firstDay, index);
    const ofDay = [...(steps.get(day) ?? [])];
    return { day, steps: ofDay.sort((one, other) => (one.at < other.at ? -1 : 1)) };
  });
}

function drawSale(number: number, day: BusinessDay, random: Random): Sale {
  const contract = random.one(CONTRACTS);
  const seconds = random.between(0, 10 * 3600);
  const at = plusMillis(parisInstant(day, '08:30:00'), seconds * 1000);
  // Most baskets are small; the square of an even draw leaves a few large ones.
  const minor = 490 + Math.floor(random.next() ** 3 * 60_000) + random.between(0, 3000);
  const transactionId = derivedUuidV7(epochMillis(at), `month|payment|${number}`);
  return {
    number,
    day,
    at,
    contract,
    minor,
    isAuthorizationOnly: random.percent(6),
    transactionId,
  };
}

function payment(sale: Sale, lastDay: BusinessDay, random: Random): MonthStep {
  const { number, at, contract, minor, isAuthorizationOnly, transactionId } = sale;
  const [prefix, length] = CARD_PREFIXES[contract.means];
  const account = String(random.between(0, 999)).padStart(length - 1 - prefix.length, '0');
  const hasEmail = random.percent(70);
  const email = `${random.one(FIRST_NAMES)}.${random.one(LAST_NAMES)}@example.com`;
  return {
    kind: 'payment',
    id: transactionId,
    at,
    path: '/api/v1/payments',
    isSlow: SLOW_ENDINGS.has(minor % 100),
    body: {
      id: transactionId,
      contractId: contract.contractId,
      orderReference: `CMD-${String(number).padStart(5, '0')}`,
      amount: { minor, currency: 'EUR' },
      card: {
        number: withLuhnDigit(`${prefix}${account}`),
        expiry: `${Number(lastDay.slice(2, 4)) + 2}09`,
      },
      authorizationOnly: isAuthorizationOnly,
      channel: random.one(['E_COMMERCE', 'E_COMMERCE', 'M_COMMERCE', 'CALL_CENTER']),
      clientCountry: random.one(['FR', 'FR', 'FR', 'FR', 'BE', 'CH', 'DE']),
      ...(hasEmail ? { cardholder: { email } } : {}),
    },
  };
}

/** What becomes of an accepted sale: most are simply sent the same evening. */
function drawSequel(
  sale: Sale,
  random: Random,
  put: (day: BusinessDay, step: MonthStep) => void,
): void {
  const { day, contract, minor } = sale;
  if (sale.isAuthorizationOnly) {
    if (random.percent(20)) return;
    const later = addDays(day, random.between(1, 3));
    const isPartial = random.percent(30);
    const amount = { minor: isPartial ? Math.ceil(minor * 0.6) : minor, currency: 'EUR' };
    return put(later, operation('capture', sale, later, '10:30:00', { amount }));
  }
  if (random.percent(3)) return put(day, operation('cancel', sale, day, '20:15:00', {}));
  if (random.percent(2)) return put(day, operation('send', sale, day, '19:00:00', {}));
  if (!random.percent(5)) return;
  const later = addDays(day, contract.deferralDays + random.between(1, 6));
  const part = random.one([1, 1, 0.5]);
  const amount = { minor: Math.max(1, Math.floor(minor * part)), currency: 'EUR' };
  put(later, operation('refund', sale, later, '15:00:00', { amount }));
}

function operation(
  kind: 'capture' | 'cancel' | 'refund' | 'send',
  { number, transactionId }: Sale,
  day: BusinessDay,
  time: string,
  content: object,
): MonthStep {
  const at = plusMillis(parisInstant(day, time), (number % 600) * 1000);
  const id = derivedUuidV7(epochMillis(at), `month|${kind}|${number}`);
  const route = kind === 'refund' ? 'refunds' : kind;
  const path = `/api/v1/transactions/${transactionId}/${route}`;
  return { kind, id, at, path, body: { id, ...content }, isSlow: false };
}
