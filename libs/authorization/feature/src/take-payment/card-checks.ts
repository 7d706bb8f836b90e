import { businessDayOf, type Instant } from '@encaisse/kernel';
import { Problem, problems } from '@encaisse/platform/http';
import { checkCardNumber } from '@encaisse/platform/security';

/** One row per refusal: a refusal without its row does not compile. */
const PROBLEMS = problems({
  'card-number-invalid': { status: 422, title: 'The card number cannot be one' },
  'card-expired': { status: 422, title: 'The card has expired' },
});

/** A card that may be sent to the acquirer. */
export type CheckedCard = {
  readonly number: string;
  /** YYMM. */
  readonly expiry: string;
  readonly cardType: string | null;
};

/** Checks number and expiry; a card is valid to the last day of its month, Europe/Paris. */
export function checkCard(number: string, expiry: string, now: Instant): CheckedCard {
  const checked = checkCardNumber(number);
  if (!checked)
    throw new Problem(
      'card-number-invalid',
      PROBLEMS['card-number-invalid'],
      '/card/number must be 12 to 19 digits whose Luhn check digit is right',
      { pointer: '/card/number' },
    );
  const thisMonth = businessDayOf(now).slice(2, 7).replace('-', '');
  if (expiry < thisMonth)
    throw new Problem(
      'card-expired',
      PROBLEMS['card-expired'],
      `/card/expiry must be ${thisMonth} or later (YYMM)`,
      { pointer: '/card/expiry' },
    );
  return { number: checked.number, expiry, cardType: checked.cardType };
}
