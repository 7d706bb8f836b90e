import type { MassOperationResult } from './mass-operation-events';

/** A sentence in both languages; `{name}` stands for a fact of the refusal. */
export type SkipReason = { readonly fr: string; readonly en: string };

/** Why a transaction of a mass operation is left as it is, by the code of the refusal. */
export const SKIP_REASONS = {
  'not-found': {
    fr: 'Transaction introuvable à ce point de vente.',
    en: 'There is no such transaction at this place.',
  },
  'transaction-unknown': {
    fr: 'Transaction introuvable.',
    en: 'There is no such transaction.',
  },
  'id-reused': {
    fr: 'Cet identifiant a déjà servi à une autre opération.',
    en: 'This id was used for another operation.',
  },
  'not-a-debit': {
    fr: 'Opération réservée aux débits.',
    en: 'The operation is for debits only.',
  },
  'operation-in-progress': {
    fr: 'Un envoi en banque est déjà en cours.',
    en: 'A sending to the bank is already under way.',
  },
  'authorization-in-progress': {
    fr: 'La banque n’a pas encore répondu.',
    en: 'The bank has not answered yet.',
  },
  'awaiting-confirmation': {
    fr: 'En attente de confirmation par un partenaire.',
    en: 'A partner must confirm it first.',
  },
  'outcome-unknown': {
    fr: 'La banque n’a pas répondu : une annulation de l’autorisation est en cours.',
    en: 'The bank did not answer: a reversal is under way.',
  },
  'not-accepted': {
    fr: 'La transaction n’a pas été acceptée.',
    en: 'The transaction was not accepted.',
  },
  'awaiting-capture': {
    fr: 'En attente de capture : à capturer d’abord.',
    en: 'It awaits its capture: capture it first.',
  },
  'not-sent-yet': { fr: 'Déjà à envoyer.', en: 'Already to send.' },
  'to-send': { fr: 'Déjà à envoyer.', en: 'Already to send.' },
  'already-sent': { fr: 'Déjà envoyée en banque.', en: 'Already sent to the bank.' },
  'already-cancelled': { fr: 'Transaction annulée.', en: 'The transaction is cancelled.' },
  'already-captured': { fr: 'Déjà capturée.', en: 'Already captured.' },
  'nothing-to-capture': {
    fr: 'Ce paiement n’était pas une autorisation seule.',
    en: 'The payment was never authorisation only.',
  },
  'set-aside': { fr: 'Transaction mise de côté.', en: 'The transaction is set aside.' },
  'contract-inactive': { fr: 'Le contrat est inactif.', en: 'The contract is inactive.' },
  'means-cannot': {
    fr: 'Le moyen de paiement ne permet pas cette opération.',
    en: 'The payment means does not allow this operation.',
  },
  'window-closed': {
    fr: 'Délai dépassé : possible jusqu’au {lastDay} seulement.',
    en: 'The time is over: it was possible until {lastDay} only.',
  },
  'currency-mismatch': {
    fr: 'La devise n’est pas celle de la transaction.',
    en: 'The currency differs from the transaction’s.',
  },
  'amount-not-positive': {
    fr: 'Le montant n’est pas positif.',
    en: 'The amount is not above zero.',
  },
  'capture-exceeds-authorized': {
    fr: 'Le montant dépasse celui de l’autorisation.',
    en: 'The amount exceeds what was authorised.',
  },
  'confirmation-required': {
    fr: 'Autorisée le {authorizedOn}, garantie jusqu’au {validUntil} : à confirmer expressément.',
    en: 'Authorised on {authorizedOn}, held until {validUntil}: it needs an explicit confirmation.',
  },
} as const satisfies Readonly<Record<string, SkipReason>>;

export type SkipCode = keyof typeof SKIP_REASONS;

const ISO_DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** The sentence of a result; null when it was done. Days are written as each language does. */
export function skipReason(
  { code, facts }: Pick<MassOperationResult, 'code' | 'facts'>,
  language: keyof SkipReason,
): string | null {
  if (code === null) return null;
  const reasons: Readonly<Record<string, SkipReason | undefined>> = SKIP_REASONS;
  const text = reasons[code]?.[language] ?? code;
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const fact = facts?.[name];
    if (typeof fact !== 'string') return '…';
    return language === 'fr' ? fact.replace(ISO_DAY, '$3/$2/$1') : fact;
  });
}
