import { type Iso8583Message, requireFields } from '@encaisse/platform/iso8583';
import type { ExchangeReference } from './authorization-book';

/** Fields that an answer repeats from its request when they were there. Never the card. */
const ECHOED = [3, 4, 7, 11, 12, 13, 32, 37, 41, 42, 49, 90];

/** The answer to a request: its own fields over those repeated. */
export function answerTo(
  request: Iso8583Message,
  own: Readonly<Record<number, string>>,
): Iso8583Message {
  const fields: Record<number, string> = { ...own };
  for (const field of ECHOED) {
    const value = request.fields[field];
    if (value !== undefined) fields[field] = value;
  }
  return { mti: `${request.mti.slice(0, 2)}10`, fields };
}

/** What a 0100 is known by. Throws `MalformedMessageError` when a field it demands is absent. */
export function referenceOfAuthorization(request: Iso8583Message): ExchangeReference {
  requireFields(request, [2, 3, 4, 7, 11, 14, 37, 41, 42, 49]);
  return referenceOf(request, request.fields[11]!, request.fields[7]!);
}

/** What the original of a 0400 is known by, its trace and time being read from field 90. */
export function referenceOfOriginal(reversal: Iso8583Message): ExchangeReference {
  requireFields(reversal, [3, 4, 7, 11, 37, 41, 42, 49, 90]);
  const original = reversal.fields[90]!;
  return referenceOf(reversal, original.slice(4, 10), original.slice(10, 20));
}

function referenceOf(
  { fields }: Iso8583Message,
  stan: string,
  transmissionTime: string,
): ExchangeReference {
  return {
    stan,
    transmissionTime,
    contract: fields[42]!,
    terminal: fields[41]!,
    retrievalReference: fields[37]!,
  };
}
