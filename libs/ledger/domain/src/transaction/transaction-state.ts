import type { BusinessDay, Money } from '@encaisse/kernel';
import type {
  CancellationRefused,
  OperationId,
  PaymentAuthorized,
  PaymentRefused,
  PaymentRequested,
  RefundRefused,
  RefundRequested,
  TransactionId,
} from './transaction-events';

/**
 * Where a debit stands. `authorized` and `reversed` exist only between two events of one append;
 * `requested` and `authorized` have no place in the table of combinations yet.
 */
export type DebitPhase =
  | 'requested'
  | 'authorized'
  | 'pending'
  | 'outcome-unknown'
  | 'reversed'
  | 'refused'
  | 'abandoned'
  | 'awaiting-capture'
  | 'to-send'
  | 'sent'
  | 'set-aside'
  | 'cancelled'
  | 'cancellation-sent';

/** Where a refund stands. `requested` has no place in the table of combinations yet. */
export type RefundPhase = 'requested' | 'pending' | 'refused' | 'to-send' | 'sent' | 'set-aside';

/** An operation already carried out, kept so that its repetition is recognised (GEN-11, D15). */
export type PastOperation =
  | {
      readonly kind: 'capture' | 'refund';
      readonly operationId: OperationId;
      readonly amount: Money;
    }
  | {
      readonly kind: 'cancel' | 'send' | 'put-back' | 'confirm';
      readonly operationId: OperationId;
    }
  | {
      readonly kind: 'modify';
      readonly operationId: OperationId;
      readonly amount: Money;
      readonly plannedDate: BusinessDay;
      readonly isAmountChanged: boolean;
      readonly isPlannedDateChanged: boolean;
    };

/** What a debit and a refund have in common on their way to the bank. */
export type Sendable = {
  /** Planned day of sending (REM-03), null until the payment or refund stands. */
  readonly plannedDate: BusinessDay | null;
  /** The manual sending that is in progress; only while to send. */
  readonly sendingId: OperationId | null;
  /** Remittances it entered, the last one being the one that holds. Earlier ones rejected it. */
  readonly remittanceIds: readonly string[];
  readonly operations: readonly PastOperation[];
};

/** A debit, which a cancellation turns into a cancellation (CASH-11). */
export type Debit = Sendable & {
  readonly kind: 'debit';
  readonly phase: DebitPhase;
  readonly request: PaymentRequested['data'];
  readonly authorization: PaymentAuthorized['data'] | null;
  readonly refusal: PaymentRefused['data'] | null;
  /** Whether the acquirer's answer was ever missed; only then can an answer be late. */
  readonly wasOutcomeUnknown: boolean;
  readonly lateAnswers: readonly {
    readonly responseCode: string;
    readonly authorizationNumber: string | null;
  }[];
  /** Start of the 75 days, null until accepted. */
  readonly acceptedOn: BusinessDay | null;
  /** Minor units the buyer is debited with: 0 while awaiting capture. */
  readonly debitedMinor: number;
  /** Minor units of the refunds accepted. */
  readonly refundedMinor: number;
  readonly refundsInProgress: readonly {
    readonly refundId: TransactionId;
    readonly amountMinor: number;
  }[];
};

/** A refund: a transaction of its own, linked to its original (CASH-08). */
export type Refund = Sendable & {
  readonly kind: 'refund';
  readonly phase: RefundPhase;
  readonly request: RefundRequested['data'];
  readonly refusal: RefundRefused['data'] | null;
};

/** A refused attempt to cancel: an entry of its own that never changes (row 10). */
export type RefusedCancellation = {
  readonly kind: 'refused-cancellation';
  readonly entry: CancellationRefused['data'];
};

/** What decisions need to know of one stream of the ledger. Screens have their read models. */
export type Transaction = { readonly kind: 'none' } | Debit | Refund | RefusedCancellation;
