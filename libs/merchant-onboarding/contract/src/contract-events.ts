import type { Currency, Environment, Instant } from '@encaisse/kernel';

/** The category of the streams of acceptance contracts. */
export const CONTRACT_CATEGORY = 'onboarding.contract';

/** What a merchant's contract says. Amounts are minor units of its currency. */
export type ContractTerms = {
  readonly contractId: string;
  readonly environment: Environment;
  readonly shopId: string;
  /** Affiliation number at the scheme, digits. */
  readonly contractNumber: string;
  /** Three digits, given by the bank. */
  readonly rank: string;
  readonly paymentMeans: string;
  readonly currency: Currency;
  readonly minimumMinor: number;
  readonly maximumMinor: number;
  /** The bank's own ceiling, above which the maximum cannot be raised (CONT-08). */
  readonly ceilingMinor: number;
  /** Default days between transaction and sending, 0 to 7 (REM-03). */
  readonly deferralDays: number;
  /** HH:MM in Europe/Paris; null takes the installation's setting (REM-02). */
  readonly telecollectionTime: string | null;
  readonly bankCode: string;
  readonly acquirer: string;
  /** Company name printed on the ticket. */
  readonly label: string;
};

export type ContractOpened = {
  readonly type: 'ContractOpened';
  readonly data: ContractTerms & { readonly openedAt: Instant };
};

/** The four fields a merchant may edit (CONT-08), as they stand afterwards. */
export type ContractChanged = {
  readonly type: 'ContractChanged';
  readonly data: {
    readonly contractId: string;
    readonly label: string;
    readonly minimumMinor: number;
    readonly maximumMinor: number;
    readonly deferralDays: number;
    readonly changedAt: Instant;
  };
};

export type ContractDeactivated = {
  readonly type: 'ContractDeactivated';
  readonly data: { readonly contractId: string; readonly deactivatedAt: Instant };
};

export type ContractActivated = {
  readonly type: 'ContractActivated';
  readonly data: { readonly contractId: string; readonly activatedAt: Instant };
};

export type ContractEvent =
  ContractOpened | ContractChanged | ContractDeactivated | ContractActivated;
