import type { BusinessDay, Instant, Money } from '@encaisse/kernel';

export const REFUND_DECIDED_V1 = 'cashdesk.refund-decided.v1';

/**
 * A refund is decided and its amount reserved on the original; the refund's own stream is to be opened.
 * Needed where the event store records in one stream at a time (D4); the cash desk listens itself.
 */
export type RefundDecidedV1 = {
  /** The original. */
  readonly transactionId: string;
  readonly refundId: string;
  readonly amount: Money;
  readonly refundedAt: Instant;
  readonly businessDay: BusinessDay;
};

const UUID = {
  type: 'string',
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
};

/** JSON Schema (draft 2020-12), closed: a name never changes its schema. */
export const REFUND_DECIDED_V1_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `urn:encaisse:event:${REFUND_DECIDED_V1}`,
  title: 'A refund is decided, its own stream is to be opened',
  type: 'object',
  properties: {
    transactionId: UUID,
    refundId: UUID,
    amount: {
      type: 'object',
      properties: {
        minor: { type: 'integer', minimum: 1 },
        currency: { type: 'string', pattern: '^[A-Z]{3}$' },
      },
      required: ['minor', 'currency'],
      additionalProperties: false,
    },
    refundedAt: { type: 'string', format: 'date-time' },
    businessDay: { type: 'string', format: 'date' },
  } satisfies Record<keyof RefundDecidedV1, object>,
  required: [
    'transactionId',
    'refundId',
    'amount',
    'refundedAt',
    'businessDay',
  ] satisfies (keyof RefundDecidedV1)[],
  additionalProperties: false,
} as const;

/** What the cash desk tells itself of the refunds decided on the ledger's transactions. */
export const refundPublication = {
  name: 'cashdesk.refunds',
  categories: ['ledger.transaction'],
  schemas: { [REFUND_DECIDED_V1]: REFUND_DECIDED_V1_SCHEMA },
  map({ type, data }: { readonly type: string; readonly data: object }): {
    type: string;
    data: RefundDecidedV1;
  }[] {
    if (type !== 'TransactionRefunded') return [];
    const { transactionId, refundId, amount, refundedAt, businessDay } = data as RefundDecidedV1;
    const decided = { transactionId, refundId, amount, refundedAt, businessDay };
    return [{ type: REFUND_DECIDED_V1, data: decided }];
  },
};
