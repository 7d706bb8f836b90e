import { type Iso8583Message, MalformedMessageError } from './message';

/** Network management codes of field 70. */
export const SIGN_ON = '001';
export const ECHO = '301';

/** Response code of field 39 that accepts. */
export const ACCEPTED = '00';

/** Time of transmission of field 7: MMDDhhmmss, UTC. Takes ISO 8601 text in UTC. */
export function transmissionTime(instant: string): string {
  const pair = (at: number) => instant.slice(at, at + 2);
  return pair(5) + pair(8) + pair(11) + pair(14) + pair(17);
}

/** A 0800: sign-on or echo. */
export function networkRequest(code: string, stan: string): Iso8583Message {
  const now = transmissionTime(new Date().toISOString());
  return { mti: '0800', fields: { 7: now, 11: stan, 70: code } };
}

/** The 0810 that accepts a 0800 of the other side. */
export function networkAnswer(request: Iso8583Message): Iso8583Message {
  requireFields(request, [7, 11, 70]);
  const fields: Record<number, string> = { 39: ACCEPTED };
  for (const field of [7, 11, 70]) fields[field] = request.fields[field]!;
  return { mti: '0810', fields };
}

/** True for 0110, 0410, 0810: the message answers one of the same class. */
export function isAnswer(message: Iso8583Message): boolean {
  return message.mti[2] === '1';
}

/** Throws `MalformedMessageError` when the message lacks one of the fields its type demands. */
export function requireFields(message: Iso8583Message, fields: readonly number[]): void {
  for (const field of fields) {
    if (message.fields[field] === undefined) {
      throw new MalformedMessageError(field, 0, `a ${message.mti} cannot do without it`);
    }
  }
}
