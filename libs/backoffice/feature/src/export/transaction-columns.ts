import { REFUSAL_REASONS, type RefusalReason } from '@encaisse/ledger/domain';
import { tripleOfRow } from '../journal/fold-transaction';
import type { ExportColumn } from './export-column';
import { ACQUIRER_STATUS_LABELS, type Label, STATUS_LABELS, TYPE_LABELS } from './languages';

const REFUSAL_LABELS: Readonly<Record<RefusalReason, Label>> = {
  CARD_BLOCKED: { fr: 'Carte non autorisée', en: 'Card not allowed' },
  ISSUER_DECLINED: { fr: 'Refus de l’émetteur', en: 'Declined by the issuer' },
  CARD_EXPIRED: { fr: 'Carte expirée', en: 'Card expired' },
  INVALID_CARD_NUMBER: { fr: 'Numéro de carte invalide', en: 'Invalid card number' },
  AUTHENTICATION_FAILED: { fr: 'Authentification échouée', en: 'Authentication failed' },
  RISK_CONTROL: { fr: 'Contrôle de risque', en: 'Risk control' },
  CONTRACT_INACTIVE: { fr: 'Contrat inactif', en: 'Inactive contract' },
  AMOUNT_OUT_OF_RANGE: { fr: 'Montant hors limites', en: 'Amount out of range' },
  TECHNICAL_ERROR: { fr: 'Erreur technique', en: 'Technical error' },
};

const text = (name: string, sql: string, fr: string, en: string): ExportColumn => ({
  name,
  sql,
  kind: 'text',
  label: { fr, en },
});
const amount = (name: string, sql: string, fr: string, en: string): ExportColumn => ({
  ...text(name, sql, fr, en),
  kind: 'amount',
});
const instant = (name: string, column: string, fr: string, en: string): ExportColumn => ({
  ...text(name, `(extract(epoch from ${column}) * 1000)::bigint`, fr, en),
  kind: 'instant',
});

function linkedField(
  name: 'type' | 'status' | 'acquirerStatus',
  labels: Readonly<Record<string, Label>>,
  fr: string,
  en: string,
): ExportColumn {
  return {
    ...text(name, 'combination', fr, en),
    shown: (raw, language) => labels[tripleOfRow(Number(raw))[name]]?.[language] ?? '',
  };
}

/**
 * Every column a transaction can be exported with. Shops are shown by their name, which `shopName`
 * knows.
 */
export function transactionColumns(shopName: (shopId: string) => string): readonly ExportColumn[] {
  return [
    instant('createdAt', 'created_at', 'Date & Heure', 'Date & time'),
    text('transactionNumber', 'transaction_number', 'Numéro de transaction', 'Transaction number'),
    amount('initialAmount', 'initial_minor', 'Montant', 'Amount'),
    text('wallet', 'wallet', 'Wallet', 'Wallet'),
    text('paymentMeans', 'payment_means', 'Moyen de paiement', 'Payment means'),
    { ...text('shop', 'shop_id', 'Magasin', 'Shop'), shown: shopName },
    text('remittanceNumber', 'remittance_number', 'Numéro de remise', 'Remittance number'),
    text('orderReference', 'order_reference', 'Référence commande', 'Order reference'),
    linkedField('type', TYPE_LABELS, 'Type de transaction', 'Transaction type'),
    linkedField('status', STATUS_LABELS, 'Statut de la transaction', 'Transaction status'),
    linkedField('acquirerStatus', ACQUIRER_STATUS_LABELS, 'Statut Acquéreur', 'Acquirer status'),
    text('contractNumber', 'contract_number', 'Numéro de contrat', 'Contract number'),
    text('cardholderEmail', 'cardholder_email', 'E-mail porteur', 'Cardholder e-mail'),
    text('currency', 'currency', 'Devise', 'Currency'),
    text('guarantee3ds', `'N/A'`, 'Garantie 3DS', '3DS guarantee'),
    text('clientCountry', 'client_country', 'Pays client', 'Client country'),
    text('cardCountry', 'card_country', 'Pays carte', 'Card country'),
    ...detailColumns(),
  ];
}

/** What the detail shows beyond the journal (TRX-31, TRX-33). */
function detailColumns(): readonly ExportColumn[] {
  return [
    text('transactionId', 'transaction_id', 'Identifiant', 'Identifier'),
    amount('currentAmount', 'current_minor', 'Montant actuel', 'Current amount'),
    amount('debitedAmount', 'debited_minor', 'Montant débité', 'Debited amount'),
    amount('refundedAmount', 'refunded_minor', 'Montant remboursé', 'Refunded amount'),
    text('authorizationNumber', 'authorization_number', 'Autorisation', 'Authorisation number'),
    {
      ...text(
        'remittanceDate',
        'coalesce(sent_on, planned_date)',
        'Date de remise',
        'Remittance date',
      ),
      kind: 'day',
    },
    text('rank', 'rank', 'Rang', 'Rank'),
    text('acquirer', 'acquirer', 'Acquéreur', 'Acquirer'),
    text('issuer', 'issuer', 'Emetteur', 'Issuer'),
    text('cardType', 'card_type', 'Type de carte', 'Card type'),
    text('maskedNumber', 'masked_number', 'Numéro de carte', 'Card number'),
    text(
      'cardExpiry',
      "substr(card_expiry, 3, 2) || '/' || substr(card_expiry, 1, 2)",
      'Validité carte',
      'Card expiry',
    ),
    {
      ...text('refusalReason', 'refusal_reason', 'Motif de refus', 'Refusal reason'),
      shown: (raw, language) => {
        const reason = REFUSAL_REASONS.find((one) => one === raw);
        return reason === undefined ? raw : REFUSAL_LABELS[reason][language];
      },
    },
    text('responseCode', 'response_code', 'Code réponse', 'Response code'),
    text('channel', 'channel', 'Canal', 'Channel'),
    text(
      'archivingReference',
      'archiving_reference',
      'Référence d’archivage',
      'Archiving reference',
    ),
    text(
      'originalTransactionNumber',
      'original_transaction_number',
      'Transaction d’origine',
      'Original transaction',
    ),
    instant('acceptedAt', 'accepted_at', 'Date d’acceptation', 'Acceptance date'),
    instant('sentAt', 'sent_at', 'Date d’envoi', 'Sending date'),
  ];
}

/** The journal's own columns, in screen order (TRX-18, TRX-25). */
export const JOURNAL_EXPORT_COLUMNS: readonly string[] = [
  'createdAt',
  'transactionNumber',
  'initialAmount',
  'wallet',
  'paymentMeans',
  'shop',
  'remittanceNumber',
  'orderReference',
  'type',
  'status',
  'acquirerStatus',
  'contractNumber',
  'cardholderEmail',
  'currency',
  'guarantee3ds',
  'clientCountry',
  'cardCountry',
];
