import type { Currency, Environment, Instant, Money } from '@encaisse/kernel';

/** The category of the streams of mass operations. */
export const MASS_OPERATION_CATEGORY = 'backoffice.mass_operation';

/** What can be done to a whole list: « Tout capturer » (CASH-17), « Envoyer en banque » (CASH-20). */
export const MASS_OPERATIONS = ['capture', 'send'] as const;
export type MassOperationKind = (typeof MASS_OPERATIONS)[number];

/** A number of transactions and the sum of their amounts, both positive. */
export type MassSum = { readonly count: number; readonly amount: Money };

/** What the transactions selected in one currency add up to. */
export type MassTotal = {
  readonly currency: Currency;
  readonly debits: MassSum;
  readonly refunds: MassSum;
  /** Debits − refunds, which may be negative. */
  readonly total: Money;
};

/** What every part of a mass operation says of the whole. */
export type MassOperationTerms = {
  readonly massOperationId: string;
  readonly operation: MassOperationKind;
  /** The node searched, of the person's own or below: nothing outside it is touched. */
  readonly nodeId: string;
  readonly environment: Environment;
  /** The person was warned that issuers may have freed amounts (CASH-02). */
  readonly acknowledgeStaleAuthorization: boolean;
};

/** A person confirmed an operation on all that a search found (GEN-06). */
export type MassOperationRequested = {
  readonly type: 'MassOperationRequested';
  readonly data: MassOperationTerms & {
    /** Keyed digest of the request, so that its id cannot stand for another one (GEN-11). */
    readonly fingerprint: string;
    /** Number of transactions selected. */
    readonly count: number;
    /** One per currency, euros first. */
    readonly totals: readonly MassTotal[];
    /** Number of MassOperationSelected that come with it. */
    readonly chunks: number;
    readonly requestedAt: Instant;
  };
};

/** Some of the transactions selected, in the order they are operated on. */
export type MassOperationSelected = {
  readonly type: 'MassOperationSelected';
  readonly data: MassOperationTerms & {
    /** Its place among the chunks, from 0. */
    readonly chunk: number;
    readonly transactionIds: readonly string[];
  };
};

export type MassOperationEvent = MassOperationRequested | MassOperationSelected;
