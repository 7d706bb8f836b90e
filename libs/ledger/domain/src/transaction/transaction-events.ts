import type { BusinessDay, Instant, Money } from '@encaisse/kernel';
import type {
  AcquirerTrace,
  CardSummary,
  OperationId,
  PersonReference,
  RefusalReason,
  SalesChannel,
  TransactionId,
  TransactionPlace,
} from './transaction-facts';

export * from './transaction-facts';

type Common = { readonly transactionId: TransactionId };

export type PaymentRequested = {
  readonly type: 'PaymentRequested';
  readonly data: Common &
    TransactionPlace & {
      /** What people see: ten digits, unique in the installation. */
      readonly transactionNumber: string;
      readonly orderReference: string;
      readonly amount: Money;
      readonly authorizationOnly: boolean;
      readonly deferralDays: number;
      readonly channel: SalesChannel;
      readonly wallet: string | null;
      readonly archivingReference: string | null;
      readonly card: CardSummary | null;
      readonly cardholder: PersonReference | null;
      /** ISO 3166 alpha-2 from the buyer's address, null when unknown. */
      readonly clientCountry: string | null;
      readonly duplicateOf: TransactionId | null;
      readonly trace: AcquirerTrace | null;
      /** Keyed digest of the request without the verification code (D15). */
      readonly fingerprint: string;
      readonly requestedAt: Instant;
      readonly businessDay: BusinessDay;
    };
};

export type PaymentAuthorized = {
  readonly type: 'PaymentAuthorized';
  readonly data: Common & {
    readonly authorizationNumber: string;
    readonly responseCode: string;
    readonly authorizedAt: Instant;
  };
};

/** The payment stands: to send at its planned date, or awaiting its capture. */
export type PaymentAccepted = {
  readonly type: 'PaymentAccepted';
  readonly data: Common & {
    readonly acceptedAt: Instant;
    /** Start of the 75 days (GEN-02). */
    readonly businessDay: BusinessDay;
    /** Planned day of sending (REM-03). */
    readonly plannedDate: BusinessDay;
  };
};

export type PaymentRefused = {
  readonly type: 'PaymentRefused';
  readonly data: Common & {
    readonly reason: RefusalReason;
    /** The acquirer's code, null when it was not asked. */
    readonly responseCode: string | null;
    readonly refusedAt: Instant;
  };
};

/** A partner will confirm later. */
export type PaymentPending = {
  readonly type: 'PaymentPending';
  readonly data: Common & { readonly pendingAt: Instant };
};

export type PaymentConfirmed = {
  readonly type: 'PaymentConfirmed';
  readonly data: Common & {
    readonly operationId: OperationId | null;
    readonly confirmedAt: Instant;
    readonly businessDay: BusinessDay;
    readonly plannedDate: BusinessDay;
  };
};

export type PaymentAbandoned = {
  readonly type: 'PaymentAbandoned';
  readonly data: Common & { readonly abandonedAt: Instant };
};

/** The acquirer was asked and nobody knows what it answered (D13). Ends by a reversal only. */
export type AuthorizationOutcomeUnknown = {
  readonly type: 'AuthorizationOutcomeUnknown';
  readonly data: Common & {
    readonly cause: 'timeout' | 'connection-lost' | 'interrupted';
    readonly unknownSince: Instant;
  };
};

/** The acquirer answered the reversal: no authorisation is left alive. */
export type AuthorizationReversed = {
  readonly type: 'AuthorizationReversed';
  readonly data: Common & { readonly responseCode: string; readonly reversedAt: Instant };
};

/** An authorisation answer that came after the time-out: recorded, it changes nothing. */
export type LateAuthorizationAnswerReceived = {
  readonly type: 'LateAuthorizationAnswerReceived';
  readonly data: Common & {
    readonly responseCode: string;
    readonly authorizationNumber: string | null;
    readonly receivedAt: Instant;
  };
};

export type TransactionCaptured = {
  readonly type: 'TransactionCaptured';
  readonly data: Common & {
    readonly operationId: OperationId;
    readonly amount: Money;
    readonly capturedAt: Instant;
    readonly businessDay: BusinessDay;
  };
};

export type TransactionCancelled = {
  readonly type: 'TransactionCancelled';
  readonly data: Common & {
    readonly operationId: OperationId;
    /** The whole debited amount. */
    readonly amount: Money;
    readonly cancelledAt: Instant;
    readonly businessDay: BusinessDay;
  };
};

/** First and only event of a stream of its own: the refused attempt, pointing at the original. */
export type CancellationRefused = {
  readonly type: 'CancellationRefused';
  readonly data: Common &
    TransactionPlace & {
      readonly transactionNumber: string;
      readonly originalTransactionId: TransactionId;
      readonly orderReference: string;
      readonly amount: Money;
      readonly reason: RefusalReason;
      readonly responseCode: string | null;
      readonly refusedAt: Instant;
      readonly businessDay: BusinessDay;
    };
};

/** On the original: a refund waits for a partner; its amount is reserved. */
export type TransactionRefundStarted = {
  readonly type: 'TransactionRefundStarted';
  readonly data: Common & {
    readonly refundId: TransactionId;
    readonly amount: Money;
    readonly startedAt: Instant;
  };
};

/** On the original: a refund was accepted, the current amount drops. */
export type TransactionRefunded = {
  readonly type: 'TransactionRefunded';
  readonly data: Common & {
    readonly refundId: TransactionId;
    readonly amount: Money;
    readonly refundedAt: Instant;
    readonly businessDay: BusinessDay;
  };
};

/** On the original: a refund was refused, its amount is free again (CASH-07). */
export type TransactionRefundFailed = {
  readonly type: 'TransactionRefundFailed';
  readonly data: Common & {
    readonly refundId: TransactionId;
    readonly amount: Money;
    readonly failedAt: Instant;
  };
};

export type TransactionModified = {
  readonly type: 'TransactionModified';
  readonly data: Common & {
    readonly operationId: OperationId;
    /** The amount from now on, lowered or as before. */
    readonly amount: Money;
    readonly plannedDate: BusinessDay;
    readonly modifiedAt: Instant;
  };
};

/** A person asked to send it now; still to send, every other operation waits. */
export type SendingRequested = {
  readonly type: 'SendingRequested';
  readonly data: Common & {
    /** The sending it belongs to: one for a single click, shared by a mass sending. */
    readonly sendingId: OperationId;
    readonly requestedAt: Instant;
    readonly businessDay: BusinessDay;
  };
};

/** Membership of a remittance, decided here and nowhere else. */
export type TransactionSentToBank = {
  readonly type: 'TransactionSentToBank';
  readonly data: Common & {
    readonly remittanceId: string;
    /** `<contract>-<n>`. */
    readonly remittanceNumber: string;
    readonly sentAt: Instant;
    readonly businessDay: BusinessDay;
  };
};

export type TransactionSetAside = {
  readonly type: 'TransactionSetAside';
  readonly data: Common & {
    readonly reason: 'inactive-contract' | 'line-rejected';
    /** The acquirer's reason when it rejected the line. */
    readonly detail: string | null;
    readonly remittanceId: string | null;
    readonly setAsideAt: Instant;
  };
};

export type TransactionPutBack = {
  readonly type: 'TransactionPutBack';
  readonly data: Common & {
    readonly operationId: OperationId;
    readonly plannedDate: BusinessDay;
    readonly putBackAt: Instant;
  };
};

/** First event of a refund, a transaction of its own linked to its original both ways (D3). */
export type RefundRequested = {
  readonly type: 'RefundRequested';
  readonly data: Common &
    TransactionPlace & {
      readonly transactionNumber: string;
      readonly originalTransactionId: TransactionId;
      readonly originalTransactionNumber: string;
      readonly orderReference: string;
      readonly amount: Money;
      readonly channel: SalesChannel;
      readonly wallet: string | null;
      readonly archivingReference: string | null;
      readonly card: CardSummary | null;
      readonly cardholder: PersonReference | null;
      readonly clientCountry: string | null;
      readonly requestedAt: Instant;
      readonly businessDay: BusinessDay;
    };
};

export type RefundAccepted = {
  readonly type: 'RefundAccepted';
  readonly data: Common & {
    readonly acceptedAt: Instant;
    readonly businessDay: BusinessDay;
    readonly plannedDate: BusinessDay;
  };
};

export type RefundPending = {
  readonly type: 'RefundPending';
  readonly data: Common & { readonly pendingAt: Instant };
};

export type RefundConfirmed = {
  readonly type: 'RefundConfirmed';
  readonly data: Common & {
    readonly confirmedAt: Instant;
    readonly businessDay: BusinessDay;
    readonly plannedDate: BusinessDay;
  };
};

export type RefundRefused = {
  readonly type: 'RefundRefused';
  readonly data: Common & {
    readonly reason: RefusalReason;
    readonly responseCode: string | null;
    readonly refusedAt: Instant;
  };
};

/** Everything that may happen to a transaction or a refund (state-model.md §13). */
export type TransactionEvent =
  | PaymentRequested
  | PaymentAuthorized
  | PaymentAccepted
  | PaymentRefused
  | PaymentPending
  | PaymentConfirmed
  | PaymentAbandoned
  | AuthorizationOutcomeUnknown
  | AuthorizationReversed
  | LateAuthorizationAnswerReceived
  | TransactionCaptured
  | TransactionCancelled
  | CancellationRefused
  | TransactionRefundStarted
  | TransactionRefunded
  | TransactionRefundFailed
  | TransactionModified
  | SendingRequested
  | TransactionSentToBank
  | TransactionSetAside
  | TransactionPutBack
  | RefundRequested
  | RefundAccepted
  | RefundPending
  | RefundConfirmed
  | RefundRefused;
