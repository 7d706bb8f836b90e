import { REFUSAL_REASONS, type RefusalReason } from '@encaisse/ledger/domain';
import { tripleOfRow } from '../journal/fold-transaction';
import { amountColumn, type ExportColumn, instantColumn, textColumn } from './export-column';
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

function linkedField(
  name: 'type' | 'status' | 'acquirerStatus',
  labels: Readonly<Record<string, Label>>,
  fr: string,
  en: string,
): ExportColumn {
  return {
    ...textColumn(name, 'combination', fr, en),
    shown: (raw, language) => labels[tripleOfRow(Number(raw))[name]]?.[language] ?? '',
  };
}

/**
 * Every column a transaction can be exported with. Shops are shown by their name, which `shopName`
 * knows.
 */
export function transactionColumns(shopName: (shopId: string) => string): readonly ExportColumn[] {
  return [
    instantColumn('createdAt', 'created_at', 'Date & Heure', 'Date & time'),
    textColumn(
      'transactionNumber',
      'transaction_number',
      'Numéro de transaction',
      'Transaction number',
    ),
    amountColumn('initialAmount', 'initial_minor', 'Montant', 'Amount'),
    textColumn('wallet', 'wallet', 'Wallet', 'Wallet'),
    textColumn('paymentMeans', 'payment_means', 'Moyen de paiement', 'Payment means'),
    { ...textColumn('shop', 'shop_id', 'Magasin', 'Shop'), shown: shopName },
    textColumn('remittanceNumber', 'remittance_number', 'Numéro de remise', 'Remittance number'),
    textColumn('orderReference', 'order_reference', 'Référence commande', 'Order reference'),
    linkedField('type', TYPE_LABELS, 'Type de transaction', 'Transaction type'),
    linkedField('status', STATUS_LABELS, 'Statut de la transaction', 'Transaction status'),
    linkedField('acquirerStatus', ACQUIRER_STATUS_LABELS, 'Statut Acquéreur', 'Acquirer status'),
    textColumn('contractNumber', 'contract_number', 'Numéro de contrat', 'Contract number'),
    textColumn('cardholderEmail', 'cardholder_email', 'E-mail porteur', 'Cardholder e-mail'),
    textColumn('currency', 'currency', 'Devise', 'Currency'),
    textColumn('guarantee3ds', `'N/A'`, 'Garantie 3DS', '3DS guarantee'),
    textColumn('clientCountry', 'client_country', 'Pays client', 'Client country'),
    textColumn('cardCountry', 'card_country', 'Pays carte', 'Card country'),
    ...detailColumns(),
  ];
}

/** What the detail shows beyond the journal (TRX-31, TRX-33). */
function detailColumns(): readonly ExportColumn[] {
  return [
    textColumn('transactionId', 'transaction_id', 'Identifiant', 'Identifier'),
    amountColumn('currentAmount', 'current_minor', 'Montant actuel', 'Current amount'),
    amountColumn('debitedAmount', 'debited_minor', 'Montant débité', 'Debited amount'),
    amountColumn('refundedAmount', 'refunded_minor', 'Montant remboursé', 'Refunded amount'),
    textColumn(
      'authorizationNumber',
      'authorization_number',
      'Autorisation',
      'Authorisation number',
    ),
    {
      ...textColumn(
        'remittanceDate',
        'coalesce(sent_on, planned_date)',
        'Date de remise',
        'Remittance date',
      ),
      kind: 'day',
    },
    textColumn('rank', 'rank', 'Rang', 'Rank'),
    textColumn('acquirer', 'acquirer', 'Acquéreur', 'Acquirer'),
    textColumn('issuer', 'issuer', 'Emetteur', 'Issuer'),
    textColumn('cardType', 'card_type', 'Type de carte', 'Card type'),
    textColumn('maskedNumber', 'masked_number', 'Numéro de carte', 'Card number'),
    textColumn(
      'cardExpiry',
      "substr(card_expiry, 3, 2) || '/' || substr(card_expiry, 1, 2)",
      'Validité carte',
      'Card expiry',
    ),
    {
      ...textColumn('refusalReason', 'refusal_reason', 'Motif de refus', 'Refusal reason'),
      shown: (raw, language) => {
        const reason = REFUSAL_REASONS.find((one) => one === raw);
        return reason === undefined ? raw : REFUSAL_LABELS[reason][language];
      },
    },
    textColumn('responseCode', 'response_code', 'Code réponse', 'Response code'),
    textColumn('channel', 'channel', 'Canal', 'Channel'),
    textColumn(
      'archivingReference',
      'archiving_reference',
      'Référence d’archivage',
      'Archiving reference',
    ),
    textColumn(
      'originalTransactionNumber',
      'original_transaction_number',
      'Transaction d’origine',
      'Original transaction',
    ),
    instantColumn('acceptedAt', 'accepted_at', 'Date d’acceptation', 'Acceptance date'),
    instantColumn('sentAt', 'sent_at', 'Date d’envoi', 'Sending date'),
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
