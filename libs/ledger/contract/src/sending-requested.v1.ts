import type { Currency, Environment, Instant } from '@encaisse/kernel';
import {
  CURRENCY,
  ENVIRONMENT,
  INSTANT,
  type JsonSchema,
  RANK,
  TEXT,
  UUID,
  published,
} from './json-schema';

export const SENDING_REQUESTED_V1 = 'ledger.sending-requested.v1';

/**
 * A person asked for a transaction to be sent to the bank now (CASH-18). The remittance context
 * makes one remittance per contract, rank, means and currency out of those that share a sending.
 */
export type SendingRequestedV1 = {
  readonly transactionId: string;
  /** One for a single click, shared by all the transactions of a mass sending. */
  readonly sendingId: string;
  readonly environment: Environment;
  readonly contractId: string;
  /** Three digits. */
  readonly rank: string;
  readonly paymentMeans: string;
  readonly currency: Currency;
  readonly requestedAt: Instant;
};

export const SENDING_REQUESTED_V1_SCHEMA: JsonSchema = published(
  SENDING_REQUESTED_V1,
  'A manual sending was asked for',
  {
    transactionId: UUID,
    sendingId: UUID,
    environment: ENVIRONMENT,
    contractId: UUID,
    rank: RANK,
    paymentMeans: TEXT,
    currency: CURRENCY,
    requestedAt: INSTANT,
  } satisfies Record<keyof SendingRequestedV1, JsonSchema>,
);
