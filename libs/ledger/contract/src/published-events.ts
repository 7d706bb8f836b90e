import type { JsonSchema } from './json-schema';
import {
  OPERATION_COMPLETED_V1,
  OPERATION_COMPLETED_V1_SCHEMA,
  type OperationCompletedV1,
} from './operation-completed.v1';
import {
  PAYMENT_SETTLED_V1,
  PAYMENT_SETTLED_V1_SCHEMA,
  type PaymentSettledV1,
} from './payment-settled.v1';
import {
  SENDING_REQUESTED_V1,
  SENDING_REQUESTED_V1_SCHEMA,
  type SendingRequestedV1,
} from './sending-requested.v1';
import {
  TRANSACTION_SENT_V1,
  TRANSACTION_SENT_V1_SCHEMA,
  type TransactionSentV1,
} from './transaction-sent.v1';

/** What the ledger publishes to other contexts: the data of each event under its fixed name. */
export type LedgerPublishedEvents = {
  readonly [PAYMENT_SETTLED_V1]: PaymentSettledV1;
  readonly [OPERATION_COMPLETED_V1]: OperationCompletedV1;
  readonly [SENDING_REQUESTED_V1]: SendingRequestedV1;
  readonly [TRANSACTION_SENT_V1]: TransactionSentV1;
};

/** The JSON Schema of each published event, by its name. A name never changes its schema. */
export const LEDGER_EVENT_SCHEMAS: Readonly<Record<keyof LedgerPublishedEvents, JsonSchema>> = {
  [PAYMENT_SETTLED_V1]: PAYMENT_SETTLED_V1_SCHEMA,
  [OPERATION_COMPLETED_V1]: OPERATION_COMPLETED_V1_SCHEMA,
  [SENDING_REQUESTED_V1]: SENDING_REQUESTED_V1_SCHEMA,
  [TRANSACTION_SENT_V1]: TRANSACTION_SENT_V1_SCHEMA,
};
