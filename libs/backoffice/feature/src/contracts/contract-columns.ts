import {
  amountColumn,
  countColumn,
  type ExportColumn,
  instantColumn,
  textColumn,
} from '../export/export-column';
import type { Label } from '../export/languages';

const STATES: Readonly<Record<string, Label>> = {
  true: { fr: 'Actif', en: 'Active' },
  false: { fr: 'Inactif', en: 'Inactive' },
};

/** The columns of contracts, in screen order (CONT-02), then those of their terms (CONT-04). */
export const CONTRACT_COLUMNS: readonly ExportColumn[] = [
  textColumn('contractNumber', '"contractNumber"', 'Numéro de contrat', 'Contract number'),
  textColumn('rank', 'rank', 'Rang', 'Rank'),
  textColumn('paymentMeans', '"paymentMeans"', 'Moyen de paiement', 'Payment means'),
  textColumn('bankCode', '"bankCode"', 'Code banque', 'Bank code'),
  {
    ...textColumn('state', '"isActive"', 'Etat', 'State'),
    shown: (raw, language) => STATES[raw]?.[language] ?? raw,
  },
  textColumn('brandName', '"brandName"', 'Enseigne', 'Brand'),
  textColumn('shopName', '"shopName"', 'Point de vente', 'Shop'),
  textColumn('label', 'label', 'Libellé', 'Label'),
  textColumn('currency', 'currency', 'Devise', 'Currency'),
  amountColumn('minimumAmount', '"minimumMinor"', 'Montant minimum', 'Minimum amount'),
  amountColumn('maximumAmount', '"maximumMinor"', 'Montant maximum', 'Maximum amount'),
  countColumn('deferralDays', '"deferralDays"', 'Jours de différé', 'Deferral days'),
  instantColumn('openedAt', '"openedAt"', 'Date de création', 'Creation date'),
  instantColumn('deactivatedAt', '"deactivatedAt"', 'Date de désactivation', 'Deactivation date'),
  textColumn('contractId', '"contractId"', 'Identifiant unique', 'Unique identifier'),
];

/** Contracts are held in memory: their rows go to the database with the question. */
export const CONTRACT_ROWS = `jsonb_to_recordset($1::jsonb) as contracts (
  "contractId" text, "contractNumber" text, rank text, "paymentMeans" text, "bankCode" text,
  "isActive" boolean, "brandName" text, "shopName" text, label text, currency text,
  "minimumMinor" bigint, "maximumMinor" bigint, "deferralDays" integer,
  "openedAt" timestamptz, "deactivatedAt" timestamptz
)`;
