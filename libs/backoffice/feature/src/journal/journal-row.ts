import type { BusinessDay, Currency, Environment, Instant } from '@encaisse/kernel';
import type { RefusalReason, SalesChannel } from '@encaisse/ledger/domain';
import { type Columns, RowTable } from '../row-table';

/**
 * One transaction as the journal, the detail and the figures show it: a debit, a cancellation, a
 * refund or a refused attempt to cancel. Amounts are minor units of its currency.
 */
export type JournalRow = {
  readonly transactionId: string;
  readonly environment: Environment;
  readonly shopId: string;
  readonly contractId: string;
  readonly contractNumber: string;
  readonly rank: string;
  readonly paymentMeans: string;
  readonly acquirer: string;
  readonly transactionNumber: string;
  readonly orderReference: string;
  readonly currency: Currency;
  /** The transaction's own date: searches, sorting and figures go by it (TRX-03, STAT-13). */
  readonly createdAt: Instant;
  readonly businessDay: BusinessDay;
  /** Row of the table of combinations; null while nothing is known yet: such a row is not listed. */
  combination: number | null;
  readonly initialMinor: number;
  /** What the buyer is debited with; null for what is no debit and never was. */
  debitedMinor: number | null;
  refundedMinor: number;
  /** Sum of the refunds that wait for a partner. */
  refundingMinor: number;
  refundsInProgress: readonly string[] | null;
  currentMinor: number;
  readonly isAuthorizationOnly: boolean;
  readonly channel: SalesChannel | null;
  readonly wallet: string | null;
  readonly archivingReference: string | null;
  readonly cardId: string | null;
  readonly maskedNumber: string | null;
  /** YYMM. */
  readonly cardExpiry: string | null;
  readonly cardType: string | null;
  readonly cardCountry: string | null;
  readonly issuer: string | null;
  readonly personId: string | null;
  /** Revealed by the personal-data vault when the row is written; null when erased or absent. */
  cardholderEmail: string | null;
  readonly clientCountry: string | null;
  authorizationNumber: string | null;
  responseCode: string | null;
  refusalReason: RefusalReason | null;
  authorizedAt: Instant | null;
  acceptedAt: Instant | null;
  /** Start of the 75 days (GEN-02). */
  acceptedOn: BusinessDay | null;
  plannedDate: BusinessDay | null;
  capturedAt: Instant | null;
  cancelledAt: Instant | null;
  remittanceId: string | null;
  remittanceNumber: string | null;
  sentAt: Instant | null;
  sentOn: BusinessDay | null;
  /** Remittances that rejected it before it was put back. */
  earlierRemittances: readonly string[] | null;
  setAsideReason: 'inactive-contract' | 'line-rejected' | null;
  setAsideDetail: string | null;
  readonly originalTransactionId: string | null;
  readonly originalTransactionNumber: string | null;
  readonly duplicateOf: string | null;
};

const COLUMNS: Columns<JournalRow> = {
  transactionId: 'uuid',
  environment: 'text',
  shopId: 'uuid',
  contractId: 'uuid',
  contractNumber: 'text',
  rank: 'text',
  paymentMeans: 'text',
  acquirer: 'text',
  transactionNumber: 'text',
  orderReference: 'text',
  currency: 'text',
  createdAt: 'timestamptz',
  businessDay: 'date',
  combination: 'smallint',
  initialMinor: 'bigint',
  debitedMinor: 'bigint',
  refundedMinor: 'bigint',
  refundingMinor: 'bigint',
  refundsInProgress: 'uuid[]',
  currentMinor: 'bigint',
  isAuthorizationOnly: 'boolean',
  channel: 'text',
  wallet: 'text',
  archivingReference: 'text',
  cardId: 'uuid',
  maskedNumber: 'text',
  cardExpiry: 'text',
  cardType: 'text',
  cardCountry: 'text',
  issuer: 'text',
  personId: 'uuid',
  cardholderEmail: 'text',
  clientCountry: 'text',
  authorizationNumber: 'text',
  responseCode: 'text',
  refusalReason: 'text',
  authorizedAt: 'timestamptz',
  acceptedAt: 'timestamptz',
  acceptedOn: 'date',
  plannedDate: 'date',
  capturedAt: 'timestamptz',
  cancelledAt: 'timestamptz',
  remittanceId: 'uuid',
  remittanceNumber: 'text',
  sentAt: 'timestamptz',
  sentOn: 'date',
  earlierRemittances: 'uuid[]',
  setAsideReason: 'text',
  setAsideDetail: 'text',
  originalTransactionId: 'uuid',
  originalTransactionNumber: 'text',
  duplicateOf: 'uuid',
};

/** Fields that a later event of the stream may change. */
const CHANGING_FIELDS = [
  'combination',
  'debitedMinor',
  'refundedMinor',
  'refundingMinor',
  'refundsInProgress',
  'currentMinor',
  'cardholderEmail',
  'authorizationNumber',
  'responseCode',
  'refusalReason',
  'authorizedAt',
  'acceptedAt',
  'acceptedOn',
  'plannedDate',
  'capturedAt',
  'cancelledAt',
  'remittanceId',
  'remittanceNumber',
  'sentAt',
  'sentOn',
  'earlierRemittances',
  'setAsideReason',
  'setAsideDetail',
] as const satisfies readonly (keyof JournalRow)[];

/** The table of the journal, cut by the month of the transaction's own date. */
export const JOURNAL_ROWS = new RowTable<JournalRow>(
  'transactions',
  COLUMNS,
  'transactionId',
  CHANGING_FIELDS,
  'createdAt',
);
