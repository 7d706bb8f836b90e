import type { BusinessDay, Instant, Money } from '@encaisse/kernel';
import {
  BUSINESS_DAY,
  INSTANT,
  type JsonSchema,
  MONEY,
  TEXT,
  UUID,
  oneOf,
  published,
} from './json-schema';
import { SUBJECT, type TransactionSubject } from './subject';

export const TRANSACTION_SENT_V1 = 'ledger.transaction-sent.v1';

/**
 * A transaction entered a remittance, for good. Reconciliation opens its journal entry with it; the
 * seven days start on `businessDay`.
 */
export type TransactionSentV1 = TransactionSubject & {
  readonly type: 'DEBIT' | 'REFUND' | 'CANCELLATION';
  /** Positive. A cancellation gives a debit and a credit of this amount (CASH-13). */
  readonly amount: Money;
  readonly remittanceId: string;
  /** `<contract>-<n>`. */
  readonly remittanceNumber: string;
  readonly sentAt: Instant;
  readonly businessDay: BusinessDay;
};

export const TRANSACTION_SENT_V1_SCHEMA: JsonSchema = published(
  TRANSACTION_SENT_V1,
  'A transaction entered a remittance',
  {
    ...SUBJECT,
    type: oneOf('DEBIT', 'REFUND', 'CANCELLATION'),
    amount: MONEY,
    remittanceId: UUID,
    remittanceNumber: TEXT,
    sentAt: INSTANT,
    businessDay: BUSINESS_DAY,
  } satisfies Record<keyof TransactionSentV1, JsonSchema>,
);
