/**
 * Why an acquirer refused, as the merchant is told (TRX-32). A part of the ledger's refusal reasons: the
 * others are decided before the acquirer is asked.
 */
export type AcquirerRefusalReason =
  'CARD_EXPIRED' | 'INVALID_CARD_NUMBER' | 'ISSUER_DECLINED' | 'TECHNICAL_ERROR';

/** Response code of field 39 that approves. */
export const APPROVED = '00';

/**
 * The codes that say more than no (paybox-protocol.md §6.3). Technical ones blame the message, the
 * route or a system, so that trying again may help; every other code is the issuer's decision.
 */
const REASONS: Readonly<Record<string, AcquirerRefusalReason>> = {
  '33': 'CARD_EXPIRED',
  '54': 'CARD_EXPIRED',
  '14': 'INVALID_CARD_NUMBER',
  // What was sent does not suit the acquirer: transaction, amount, format, reply, duplicate.
  '12': 'TECHNICAL_ERROR',
  '13': 'TECHNICAL_ERROR',
  '20': 'TECHNICAL_ERROR',
  '30': 'TECHNICAL_ERROR',
  '94': 'TECHNICAL_ERROR',
  // File handling: update, record, duplicate, edit, access.
  '24': 'TECHNICAL_ERROR',
  '25': 'TECHNICAL_ERROR',
  '26': 'TECHNICAL_ERROR',
  '27': 'TECHNICAL_ERROR',
  '28': 'TECHNICAL_ERROR',
  '29': 'TECHNICAL_ERROR',
  // Route or system: merchant or acquirer unknown, repeat later, late, stopped, unreachable, broken.
  '03': 'TECHNICAL_ERROR',
  '19': 'TECHNICAL_ERROR',
  '31': 'TECHNICAL_ERROR',
  '68': 'TECHNICAL_ERROR',
  '90': 'TECHNICAL_ERROR',
  '91': 'TECHNICAL_ERROR',
  '96': 'TECHNICAL_ERROR',
  '97': 'TECHNICAL_ERROR',
  '98': 'TECHNICAL_ERROR',
  '99': 'TECHNICAL_ERROR',
};

/**
 * The reason behind a response code (field 39); null when the code approves. A code nobody knows is a
 * refusal of the issuer: money is never taken on a doubt.
 */
export function acquirerRefusalOf(responseCode: string): AcquirerRefusalReason | null {
  if (responseCode === APPROVED) return null;
  return Object.hasOwn(REASONS, responseCode) ? REASONS[responseCode]! : 'ISSUER_DECLINED';
}
