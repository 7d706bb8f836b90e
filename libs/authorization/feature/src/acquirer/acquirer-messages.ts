import {
  type Instant,
  type Money,
  NUMERIC_CODES,
  invariant,
  parisWallClock,
} from '@encaisse/kernel';
import type { AcquirerTrace, SalesChannel } from '@encaisse/ledger/domain';
import { type Iso8583Message, transmissionTime } from '@encaisse/platform/iso8583';
import type { AuthorizationRequest, LateAnswer, ReversalRequest } from './acquirer-gateway';

/** Processing code of field 3: purchase, no particular account. */
const PURCHASE = '000000';
/** Field 22: the card number was typed, the terminal takes no PIN. */
const TYPED_NUMBER = '012';
/** Field 25: the buyer is on the network, or wrote or telephoned. */
const ELECTRONIC_COMMERCE = '59';
const MAIL_OR_TELEPHONE = '08';

const CONDITIONS: Record<SalesChannel, string> = {
  E_COMMERCE: ELECTRONIC_COMMERCE,
  M_COMMERCE: ELECTRONIC_COMMERCE,
  VIRTUAL_TERMINAL: MAIL_OR_TELEPHONE,
  CALL_CENTER: MAIL_OR_TELEPHONE,
  BUSINESS_SOFTWARE: MAIL_OR_TELEPHONE,
  IVR: MAIL_OR_TELEPHONE,
};

const AMOUNT_DIGITS = 12;
const INSTITUTION_DIGITS = 11;

/** The 0100 of a card payment. The verification code travels in field 61. */
export function authorizationMessage(
  request: AuthorizationRequest,
  institution: string | null,
): Iso8583Message {
  const { trace, verificationCode } = request;
  return {
    mti: '0100',
    fields: {
      2: request.cardNumber,
      3: PURCHASE,
      ...amountFields(request.amount),
      ...timeFields(trace.transmittedAt),
      11: trace.stan,
      14: request.expiry,
      22: TYPED_NUMBER,
      25: CONDITIONS[request.channel],
      ...(institution === null ? {} : { 32: institution }),
      37: trace.retrievalReference,
      ...acceptorFields(request),
      ...(verificationCode === null ? {} : { 61: verificationCode }),
    },
  };
}

/** The 0400 that undoes an authorisation: it bears a trace number of its own. */
export function reversalMessage(
  request: ReversalRequest,
  stan: string,
  institution: string | null,
): Iso8583Message {
  const { original, cardNumber, authorizationNumber } = request;
  return {
    mti: '0400',
    fields: {
      ...(cardNumber === null ? {} : { 2: cardNumber }),
      3: PURCHASE,
      ...amountFields(request.amount),
      ...timeFields(request.at),
      11: stan,
      ...(institution === null ? {} : { 32: institution }),
      37: original.retrievalReference,
      ...(authorizationNumber === null ? {} : { 38: authorizationNumber }),
      ...acceptorFields(request),
      90: originalDataElements(original, institution),
    },
  };
}

/** Field 90: type, trace number, transmission time, acquiring and forwarding institutions. */
function originalDataElements(original: AcquirerTrace, institution: string | null): string {
  const acquiring = (institution ?? '').padStart(INSTITUTION_DIGITS, '0');
  const forwarding = '0'.repeat(INSTITUTION_DIGITS);
  return `0100${original.stan}${transmissionTime(original.transmittedAt)}${acquiring}${forwarding}`;
}

function amountFields({ minor, currency }: Money): Record<number, string> {
  invariant(minor > 0, 'an acquirer is asked for positive amounts only');
  return { 4: String(minor).padStart(AMOUNT_DIGITS, '0'), 49: NUMERIC_CODES[currency] };
}

/** Characters of an instant up to its minute: 2026-11-22T08:30. */
const TO_THE_MINUTE = 16;
/** The last minute asked for, and what Paris clocks showed: the zone rules cost more than a message. */
let lastMinute = { utc: '', paris: '' };

/** Paris is a whole number of minutes away from UTC, so that the seconds are the same. */
function parisMinute(at: Instant): string {
  const utc = at.slice(0, TO_THE_MINUTE);
  if (lastMinute.utc !== utc) {
    lastMinute = { utc, paris: parisWallClock(at).slice(0, TO_THE_MINUTE) };
  }
  return lastMinute.paris;
}

/** Transmission in UTC (field 7), and the time of day and date in Paris (fields 12 and 13). */
function timeFields(at: Instant): Record<number, string> {
  const transmission = transmissionTime(at);
  const local = parisMinute(at);
  return {
    7: transmission,
    12: `${local.slice(11, 13)}${local.slice(14, 16)}${transmission.slice(8)}`,
    13: `${local.slice(5, 7)}${local.slice(8, 10)}`,
  };
}

/** Terminal (field 41) and contract (field 42). */
function acceptorFields(place: {
  readonly rank: string;
  readonly contractNumber: string;
}): Record<number, string> {
  return { 41: place.rank.padStart(8, '0'), 42: place.contractNumber.padEnd(15) };
}

/** What an answer says: the link lets none without its response code pass. */
export function answerOf({ fields }: Iso8583Message): {
  readonly responseCode: string;
  readonly authorizationNumber: string | null;
} {
  const number = fields[38]?.trim() ?? '';
  return { responseCode: fields[39]!, authorizationNumber: number === '' ? null : number };
}

export function lateAnswerOf(answer: Iso8583Message): LateAnswer {
  return {
    kind: answer.mti === '0410' ? 'reversal' : 'authorization',
    stan: answer.fields[11]!,
    retrievalReference: answer.fields[37] ?? null,
    ...answerOf(answer),
  };
}
