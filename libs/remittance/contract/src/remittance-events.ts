import type { BusinessDay, Currency, Environment, Instant, Money } from '@encaisse/kernel';

/** The category of the streams of remittances. French: « remise ». */
export const REMITTANCE_CATEGORY = 'remittance.remittance';

/** Where a remittance stands (REM-07). French: A envoyer, Envoyée, Acceptée, Rejetée. */
export const REMITTANCE_STATUSES = ['TO_SEND', 'SENT', 'ACCEPTED', 'REJECTED'] as const;
export type RemittanceStatus = (typeof REMITTANCE_STATUSES)[number];

/** What decided that a remittance is made: the evening's collection, or a person (CASH-18). */
export type RemittanceTrigger = 'telecollection' | 'manual';

/** What a remittance is about, fixed when it is opened (REM-02). */
export type RemittanceOpening = {
  readonly remittanceId: string;
  /** `<contract>-<n>`: unique in the installation, without gaps per contract. */
  readonly number: string;
  readonly environment: Environment;
  readonly shopId: string;
  readonly contractId: string;
  readonly contractNumber: string;
  /** Three digits. */
  readonly rank: string;
  readonly paymentMeans: string;
  readonly currency: Currency;
  readonly acquirer: string;
  readonly trigger: RemittanceTrigger;
  /** Transactions planned up to this Paris day belong in it; the day of the click when manual. */
  readonly cutOff: BusinessDay;
  /** The manual sending it answers, null for a telecollection. */
  readonly sendingId: string | null;
  /** The instant its transactions are sent at. */
  readonly openedAt: Instant;
};

/** A number of lines and the sum of their amounts, both positive (REM-09). */
export type LineTotal = { readonly count: number; readonly amount: Money };

/** What a remittance adds up to (REM-09). */
export type RemittanceTotals = {
  readonly debits: LineTotal;
  /** Refunds and cancellations. */
  readonly credits: LineTotal;
  /** The part of the credits that are refunds; the rest are cancellations. */
  readonly refunds: LineTotal;
  /** Debits − credits, which may be negative. */
  readonly total: Money;
  /** Debits + credits. */
  readonly lineCount: number;
};

/** A file of a remittance as it was delivered. */
export type DeliveredFile = {
  readonly name: string;
  readonly format: 'caaa.011' | 'csv';
  readonly bytes: number;
  /** SHA-256 of the content, hexadecimal. */
  readonly sha256: string;
};

/** A line the acquirer would not take. */
export type RejectedLine = {
  /** Its place in the file, from 1. */
  readonly sequence: number;
  readonly transactionId: string;
  readonly transactionNumber: string;
  readonly type: 'DEBIT' | 'REFUND' | 'CANCELLATION';
  /** The acquirer's reason. */
  readonly detail: string | null;
};

/** Transactions are being put into it; its number is held. */
export type RemittanceOpened = {
  readonly type: 'RemittanceOpened';
  readonly data: RemittanceOpening;
};

/** Its lines are fixed and added up: from here on it never changes. */
export type RemittanceBuilt = {
  readonly type: 'RemittanceBuilt';
  readonly data: RemittanceTotals & {
    readonly remittanceId: string;
    /** SHA-256, hexadecimal, over its lines in order, as `digestedLine` writes them. */
    readonly linesDigest: string;
    readonly builtAt: Instant;
    readonly businessDay: BusinessDay;
  };
};

/** Nothing was left to send: it never existed for anybody, and its number goes to the next one. */
export type RemittanceAbandoned = {
  readonly type: 'RemittanceAbandoned';
  readonly data: { readonly remittanceId: string; readonly abandonedAt: Instant };
};

/** Its files lie where the acquirer takes them. */
export type RemittanceSent = {
  readonly type: 'RemittanceSent';
  readonly data: {
    readonly remittanceId: string;
    /** 1 for the first sending; counts every sending again. */
    readonly attempt: number;
    readonly files: readonly DeliveredFile[];
    readonly sentAt: Instant;
    readonly businessDay: BusinessDay;
  };
};

/** The acquirer took it, but for the lines named. */
export type RemittanceAccepted = {
  readonly type: 'RemittanceAccepted';
  readonly data: {
    readonly remittanceId: string;
    readonly attempt: number;
    readonly rejectedLines: readonly RejectedLine[];
    /** Name of the answer's file. */
    readonly answer: string;
    readonly acceptedAt: Instant;
  };
};

/** The acquirer would not take it at all. */
export type RemittanceRejected = {
  readonly type: 'RemittanceRejected';
  readonly data: {
    readonly remittanceId: string;
    readonly attempt: number;
    readonly reason: string;
    /** Name of the answer's file. */
    readonly answer: string;
    readonly rejectedAt: Instant;
  };
};

/** Support sends a rejected remittance again, same number, same lines (REM-15). */
export type RemittanceResendRequested = {
  readonly type: 'RemittanceResendRequested';
  readonly data: {
    readonly remittanceId: string;
    readonly operationId: string;
    /** The attempt it asks for. */
    readonly attempt: number;
    readonly requestedAt: Instant;
  };
};

export type RemittanceEvent =
  | RemittanceOpened
  | RemittanceBuilt
  | RemittanceAbandoned
  | RemittanceSent
  | RemittanceAccepted
  | RemittanceRejected
  | RemittanceResendRequested;
