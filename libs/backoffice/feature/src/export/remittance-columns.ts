import {
  amountColumn,
  countColumn,
  type ExportColumn,
  instantColumn,
  textColumn,
} from './export-column';
import { REMITTANCE_STATUS_LABELS, type Label } from './languages';

const STATUS_LABELS: Readonly<Record<string, Label>> = REMITTANCE_STATUS_LABELS;

/** The columns of remittances, in screen order (REM-08). */
export const REMITTANCE_COLUMNS: readonly ExportColumn[] = [
  instantColumn('createdAt', 'created_at', 'Date & Heure', 'Date & time'),
  textColumn('remittanceNumber', 'remittance_number', 'Numéro de remise', 'Remittance number'),
  countColumn('creditCount', 'credit_count', 'Nb crédits', 'Number of credits'),
  amountColumn('creditAmount', 'credit_minor', 'Montant crédits', 'Amount of credits'),
  countColumn('debitCount', 'debit_count', 'Nb débits', 'Number of debits'),
  amountColumn('debitAmount', 'debit_minor', 'Montant débits', 'Amount of debits'),
  countColumn('transactionCount', 'line_count', 'Nb transactions', 'Number of transactions'),
  amountColumn('totalAmount', 'total_minor', 'Montant total', 'Total amount'),
  textColumn('currency', 'currency', 'Devise', 'Currency'),
  textColumn('contractNumber', 'contract_number', 'Numéro de contrat', 'Contract number'),
  textColumn('rank', 'rank', 'Rang', 'Rank'),
  textColumn('paymentMeans', 'payment_means', 'Moyen de paiement', 'Payment means'),
  {
    ...textColumn('status', 'status', 'Statut remise', 'Remittance status'),
    shown: (raw, language) => STATUS_LABELS[raw]?.[language] ?? raw,
  },
];
