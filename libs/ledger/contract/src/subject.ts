import type { Environment } from '@encaisse/kernel';
import { ENVIRONMENT, type JsonSchema, RANK, TEXT, UUID } from './json-schema';

/** Which transaction an event speaks of, and where it belongs. */
export type TransactionSubject = {
  readonly transactionId: string;
  readonly transactionNumber: string;
  /** The merchant's own. */
  readonly orderReference: string;
  readonly environment: Environment;
  readonly shopId: string;
  readonly contractId: string;
  readonly contractNumber: string;
  /** Three digits. */
  readonly rank: string;
  readonly paymentMeans: string;
};

export const SUBJECT: Readonly<Record<keyof TransactionSubject, JsonSchema>> = {
  transactionId: UUID,
  transactionNumber: TEXT,
  orderReference: TEXT,
  environment: ENVIRONMENT,
  shopId: UUID,
  contractId: UUID,
  contractNumber: TEXT,
  rank: RANK,
  paymentMeans: TEXT,
};
