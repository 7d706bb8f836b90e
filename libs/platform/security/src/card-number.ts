import cardValidator from 'card-validator';
import hasLuhnCheckDigit from 'card-validator/dist/luhn-10';

/** A card number that can be a real one: digits only, with the network it belongs to when known. */
export type CardNumber = { readonly number: string; readonly cardType: string | null };

/** Names of the networks as on contracts; others are their international name in capitals. */
const NETWORKS: Readonly<Record<string, string>> = {
  'american-express': 'AMEX',
  'diners-club': 'DINERS',
};

const REMEMBERED_RANGES = 10_000;
/** Networks by issuer range and length: public ranges never go beyond eight digits. */
const cardTypes = new Map<string, string | null>();

/** The network of a card number, null when no public range holds it, as for private cards. */
export function cardTypeOf(digits: string): string | null {
  const range = `${digits.slice(0, 8)}/${digits.length}`;
  const known = cardTypes.get(range);
  if (known !== undefined) return known;
  const { card } = cardValidator.number(digits);
  const type = card ? (NETWORKS[card.type] ?? card.type.toUpperCase().replaceAll('-', '_')) : null;
  if (cardTypes.size >= REMEMBERED_RANGES) cardTypes.clear();
  cardTypes.set(range, type);
  return type;
}

/**
 * Reads a card number as people and systems write it, blanks and dashes between groups allowed. Null
 * unless it has 12 to 19 digits and its check digit holds (ISO/IEC 7812-1).
 */
export function checkCardNumber(text: string): CardNumber | null {
  const number = text.replace(/[ -]/g, '');
  if (!/^\d{12,19}$/.test(number) || !hasLuhnCheckDigit(number)) return null;
  return { number, cardType: cardTypeOf(number) };
}

/** First six and last four digits, a star for each other (GEN-12, PCI DSS 3.4.1). */
export function maskCardNumber(number: string): string {
  return number.slice(0, 6) + '*'.repeat(Math.max(0, number.length - 10)) + number.slice(-4);
}

/** Identifiers with dashes come first, so that the digits of one are not read as a card's. */
const CARD_LIKE = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)/gi;

/**
 * Masks whatever in a text can be a card number: 13 to 19 digits, blanks or dashes between, whose check
 * digit holds. For every line that leaves the process (GEN-12).
 */
export function redactCardNumbers(text: string): string {
  return text.replace(CARD_LIKE, (found) => (UUID_LIKE.test(found) ? found : maskedGroups(found)));
}

const UUID_LIKE = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Other digits may stand beside a number: every run of whole groups is looked at, the longest first. */
function maskedGroups(found: string): string {
  const groups = found.split(/[ -]/);
  for (let start = 0; start < groups.length; start += 1)
    for (let end = groups.length; end > start; end -= 1) {
      const digits = groups.slice(start, end).join('');
      if (!/^\d{13,19}$/.test(digits) || !hasLuhnCheckDigit(digits)) continue;
      const before = groups.slice(0, start).join(' ');
      const after = groups.slice(end).join(' ');
      return [before, maskCardNumber(digits), after].filter((part) => part !== '').join(' ');
    }
  return found;
}
