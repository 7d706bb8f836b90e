import type { BusinessDay, Currency, Environment, Instant } from '@encaisse/kernel';
import type {
  DeliveredFile,
  RejectedLine,
  RemittanceStatus,
  RemittanceTrigger,
} from '@encaisse/remittance/contract';
import { RowTable } from '../row-table';

/** One remittance as lists and details show it (REM-08). Amounts are minor units of its currency. */
export type RemittanceRow = {
  readonly remittanceId: string;
  readonly remittanceNumber: string;
  readonly environment: Environment;
  readonly shopId: string;
  readonly contractId: string;
  readonly contractNumber: string;
  readonly rank: string;
  readonly paymentMeans: string;
  readonly currency: Currency;
  readonly acquirer: string;
  readonly trigger: RemittanceTrigger;
  readonly cutOff: BusinessDay;
  /** The instant its transactions are sent at: lists go by it. */
  readonly createdAt: Instant;
  /** Null until it is built, and for ever when it was abandoned: such a remittance is not listed. */
  status: RemittanceStatus | null;
  debitCount: number;
  debitMinor: number;
  /** Refunds and cancellations (REM-09). */
  creditCount: number;
  creditMinor: number;
  lineCount: number;
  /** Debits less credits, which may be negative. */
  totalMinor: number;
  linesDigest: string | null;
  builtAt: Instant | null;
  /** Sendings so far, each sending again counted. */
  attempt: number;
  files: readonly DeliveredFile[] | null;
  sentAt: Instant | null;
  answeredAt: Instant | null;
  rejectionReason: string | null;
  rejectedLines: readonly RejectedLine[] | null;
};

/** The table of remittances. */
export const REMITTANCE_ROWS = new RowTable<RemittanceRow>(
  'remittances',
  {
    remittanceId: 'uuid',
    remittanceNumber: 'text',
    environment: 'text',
    shopId: 'uuid',
    contractId: 'uuid',
    contractNumber: 'text',
    rank: 'text',
    paymentMeans: 'text',
    currency: 'text',
    acquirer: 'text',
    trigger: 'text',
    cutOff: 'date',
    createdAt: 'timestamptz',
    status: 'text',
    debitCount: 'bigint',
    debitMinor: 'bigint',
    creditCount: 'bigint',
    creditMinor: 'bigint',
    lineCount: 'bigint',
    totalMinor: 'bigint',
    linesDigest: 'text',
    builtAt: 'timestamptz',
    attempt: 'integer',
    files: 'jsonb',
    sentAt: 'timestamptz',
    answeredAt: 'timestamptz',
    rejectionReason: 'text',
    rejectedLines: 'jsonb',
  },
  'remittanceId',
  [
    'status',
    'debitCount',
    'debitMinor',
    'creditCount',
    'creditMinor',
    'lineCount',
    'totalMinor',
    'linesDigest',
    'builtAt',
    'attempt',
    'files',
    'sentAt',
    'answeredAt',
    'rejectionReason',
    'rejectedLines',
  ],
);
