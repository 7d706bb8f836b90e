import type { AcquirerStatus, TransactionStatus, TransactionType } from '@encaisse/ledger/domain';
import type { RemittanceStatus } from '@encaisse/remittance/contract';

/** The interface's languages; French is the default (GEN-08). */
export const LANGUAGES = ['fr', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
export type Label = { readonly fr: string; readonly en: string };

/** Labels of the three linked fields (TRX-06, TRX-07, TRX-08). */
export const TYPE_LABELS: Readonly<Record<TransactionType, Label>> = {
  DEBIT: { fr: 'Débit', en: 'Debit' },
  REFUND: { fr: 'Remboursement', en: 'Refund' },
  CANCELLATION: { fr: 'Annulation', en: 'Cancellation' },
};

export const STATUS_LABELS: Readonly<Record<TransactionStatus, Label>> = {
  ACCEPTED: { fr: 'Acceptée', en: 'Accepted' },
  REFUSED: { fr: 'Refusée', en: 'Refused' },
  PENDING: { fr: 'En attente', en: 'Pending' },
  ABANDONED: { fr: 'Abandonné', en: 'Abandoned' },
};

export const ACQUIRER_STATUS_LABELS: Readonly<Record<AcquirerStatus, Label>> = {
  AWAITING_CAPTURE: { fr: 'En attente de capture', en: 'Awaiting capture' },
  AWAITING_CONFIRMATION: { fr: 'En attente de confirmation', en: 'Awaiting confirmation' },
  TO_SEND: { fr: 'A envoyer', en: 'To send' },
  SENT: { fr: 'Envoyée', en: 'Sent' },
  SET_ASIDE: { fr: 'Ecartée', en: 'Set aside' },
  NOT_APPLICABLE: { fr: 'N/A', en: 'N/A' },
};

/** Statuses of remittances (REM-07). */
export const REMITTANCE_STATUS_LABELS: Readonly<Record<RemittanceStatus, Label>> = {
  TO_SEND: { fr: 'A envoyer', en: 'To send' },
  SENT: { fr: 'Envoyée', en: 'Sent' },
  ACCEPTED: { fr: 'Acceptée', en: 'Accepted' },
  REJECTED: { fr: 'Rejetée', en: 'Rejected' },
};
