import type { Instant, Money } from '@encaisse/kernel';
import { INSTANT, type JsonSchema, MONEY, UUID, oneOf, published } from './json-schema';
import { SUBJECT, type TransactionSubject } from './subject';

export const OPERATION_COMPLETED_V1 = 'ledger.operation-completed.v1';

/** A cash operation took effect on a transaction. For the merchant's silent URL (PAY-22). */
export type OperationCompletedV1 = TransactionSubject & {
  readonly operation: 'CAPTURE' | 'CANCEL' | 'REFUND' | 'MODIFY' | 'SEND';
  /** Id of the operation; of the refund for a refund, of the remittance for a sending. */
  readonly operationId: string;
  /** What the operation moved. */
  readonly amount: Money;
  /** What is left of the transaction afterwards (TRX-34). */
  readonly currentAmount: Money;
  readonly completedAt: Instant;
};

export const OPERATION_COMPLETED_V1_SCHEMA: JsonSchema = published(
  OPERATION_COMPLETED_V1,
  'A cash operation took effect',
  {
    ...SUBJECT,
    operation: oneOf('CAPTURE', 'CANCEL', 'REFUND', 'MODIFY', 'SEND'),
    operationId: UUID,
    amount: MONEY,
    currentAmount: MONEY,
    completedAt: INSTANT,
  } satisfies Record<keyof OperationCompletedV1, JsonSchema>,
);
