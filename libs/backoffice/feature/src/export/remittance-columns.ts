import type { CellKind, ExportColumn } from './export-column';
import { REMITTANCE_STATUS_LABELS, type Label } from './languages';

const column = (
  name: string,
  sql: string,
  kind: CellKind,
  fr: string,
  en: string,
): ExportColumn => ({ name, sql, kind, label: { fr, en } });

const STATUS_LABELS: Readonly<Record<string, Label>> = REMITTANCE_STATUS_LABELS;

/** The columns of remittances, in screen order (REM-08). */
export const REMITTANCE_COLUMNS: readonly ExportColumn[] = [
  column(
    'createdAt',
    '(extract(epoch from created_at) * 1000)::bigint',
    'instant',
    'Date & Heure',
    'Date & time',
  ),
  column('remittanceNumber', 'remittance_number', 'text', 'Numéro de remise', 'Remittance number'),
  column('creditCount', 'credit_count', 'count', 'Nb crédits', 'Number of credits'),
  column('creditAmount', 'credit_minor', 'amount', 'Montant crédits', 'Amount of credits'),
  column('debitCount', 'debit_count', 'count', 'Nb débits', 'Number of debits'),
  column('debitAmount', 'debit_minor', 'amount', 'Montant débits', 'Amount of debits'),
  column('transactionCount', 'line_count', 'count', 'Nb transactions', 'Number of transactions'),
  column('totalAmount', 'total_minor', 'amount', 'Montant total', 'Total amount'),
  column('currency', 'currency', 'text', 'Devise', 'Currency'),
  column('contractNumber', 'contract_number', 'text', 'Numéro de contrat', 'Contract number'),
  column('rank', 'rank', 'text', 'Rang', 'Rank'),
  column('paymentMeans', 'payment_means', 'text', 'Moyen de paiement', 'Payment means'),
  {
    ...column('status', 'status', 'text', 'Statut remise', 'Remittance status'),
    shown: (raw, language) => STATUS_LABELS[raw]?.[language] ?? raw,
  },
];
