import type { Instant, Money } from '@encaisse/kernel';
import { INSTANT, type JsonSchema, MONEY, oneOf, published } from './json-schema';
import { SUBJECT, type TransactionSubject } from './subject';

export const PAYMENT_SETTLED_V1 = 'ledger.payment-settled.v1';

/**
 * A payment got an outcome: accepted, refused, abandoned, or left waiting. A payment that waited is
 * published again when its wait ends. For the merchant's automatic response, the buyer's mail and
 * the schedules whose instalment it was.
 */
export type PaymentSettledV1 = TransactionSubject & {
  readonly amount: Money;
  readonly status: 'ACCEPTED' | 'REFUSED' | 'PENDING' | 'ABANDONED';
  readonly acquirerStatus:
    'AWAITING_CAPTURE' | 'AWAITING_CONFIRMATION' | 'TO_SEND' | 'NOT_APPLICABLE';
  /** Null unless refused. */
  readonly refusalReason: string | null;
  /** Null unless the acquirer authorised it. */
  readonly authorizationNumber: string | null;
  readonly settledAt: Instant;
};

export const PAYMENT_SETTLED_V1_SCHEMA: JsonSchema = published(
  PAYMENT_SETTLED_V1,
  'A payment got an outcome',
  {
    ...SUBJECT,
    amount: MONEY,
    status: oneOf('ACCEPTED', 'REFUSED', 'PENDING', 'ABANDONED'),
    acquirerStatus: oneOf('AWAITING_CAPTURE', 'AWAITING_CONFIRMATION', 'TO_SEND', 'NOT_APPLICABLE'),
    refusalReason: { type: ['string', 'null'] },
    authorizationNumber: { type: ['string', 'null'] },
    settledAt: INSTANT,
  } satisfies Record<keyof PaymentSettledV1, JsonSchema>,
);
