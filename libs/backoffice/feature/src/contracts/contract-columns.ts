import type { CellKind, ExportColumn } from '../export/export-column';
import type { Label } from '../export/languages';

const column = (
  name: string,
  sql: string,
  kind: CellKind,
  fr: string,
  en: string,
): ExportColumn => ({ name, sql, kind, label: { fr, en } });

const STATES: Readonly<Record<string, Label>> = {
  true: { fr: 'Actif', en: 'Active' },
  false: { fr: 'Inactif', en: 'Inactive' },
};

/** The columns of contracts, in screen order (CONT-02), then those of their terms (CONT-04). */
export const CONTRACT_COLUMNS: readonly ExportColumn[] = [
  column('contractNumber', '"contractNumber"', 'text', 'Numéro de contrat', 'Contract number'),
  column('rank', 'rank', 'text', 'Rang', 'Rank'),
  column('paymentMeans', '"paymentMeans"', 'text', 'Moyen de paiement', 'Payment means'),
  column('bankCode', '"bankCode"', 'text', 'Code banque', 'Bank code'),
  {
    ...column('state', '"isActive"', 'text', 'Etat', 'State'),
    shown: (raw, language) => STATES[raw]?.[language] ?? raw,
  },
  column('brandName', '"brandName"', 'text', 'Enseigne', 'Brand'),
  column('shopName', '"shopName"', 'text', 'Point de vente', 'Shop'),
  column('label', 'label', 'text', 'Libellé', 'Label'),
  column('currency', 'currency', 'text', 'Devise', 'Currency'),
  column('minimumAmount', '"minimumMinor"', 'amount', 'Montant minimum', 'Minimum amount'),
  column('maximumAmount', '"maximumMinor"', 'amount', 'Montant maximum', 'Maximum amount'),
  column('deferralDays', '"deferralDays"', 'count', 'Jours de différé', 'Deferral days'),
  column('openedAt', instant('"openedAt"'), 'instant', 'Date de création', 'Creation date'),
  column(
    'deactivatedAt',
    instant('"deactivatedAt"'),
    'instant',
    'Date de désactivation',
    'Deactivation date',
  ),
  column('contractId', '"contractId"', 'text', 'Identifiant unique', 'Unique identifier'),
];

/** Contracts are held in memory: their rows go to the database with the question. */
export const CONTRACT_ROWS = `jsonb_to_recordset($1::jsonb) as contracts (
  "contractId" text, "contractNumber" text, rank text, "paymentMeans" text, "bankCode" text,
  "isActive" boolean, "brandName" text, "shopName" text, label text, currency text,
  "minimumMinor" bigint, "maximumMinor" bigint, "deferralDays" integer,
  "openedAt" timestamptz, "deactivatedAt" timestamptz
)`;

function instant(name: string): string {
  return `(extract(epoch from ${name}) * 1000)::bigint`;
}
