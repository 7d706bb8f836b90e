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

/** The command that asked for a change; null where a release before commands had ids wrote the event. */
type AskedBy = { readonly commandId: string | null };

/** What a command asked of the four fields; null where it left one as it was. */
export type AskedChanges = {
  readonly label: string | null;
  readonly minimumMinor: number | null;
  readonly maximumMinor: number | null;
  readonly deferralDays: number | null;
};

/** The four fields a merchant may edit (CONT-08), as they stand afterwards. */
export type ContractChanged = {
  readonly type: 'ContractChanged';
  readonly data: AskedBy & {
    readonly contractId: string;
    readonly label: string;
    readonly minimumMinor: number;
    readonly maximumMinor: number;
    readonly deferralDays: number;
    readonly asked: AskedChanges | null;
    readonly changedAt: Instant;
  };
};

export type ContractDeactivated = {
  readonly type: 'ContractDeactivated';
  readonly data: AskedBy & { readonly contractId: string; readonly deactivatedAt: Instant };
};

export type ContractActivated = {
  readonly type: 'ContractActivated';
  readonly data: AskedBy & { readonly contractId: string; readonly activatedAt: Instant };
};

/** What bank and operator record of a contract; nothing of it is for the merchant to change (CONT-04 to 07). */
export type ContractTechnicalData = {
  /** Fourteen digits of the shop. */
  readonly siret: string | null;
  readonly protocol: string | null;
  readonly offers: readonly string[];
  /** Acceptance environment code of the card scheme. French: « ERT ». */
  readonly acceptanceEnvironment: string | null;
  readonly isThreeDsActive: boolean;
  /** Last download of remote parameters. French: « téléparamétrage ». */
  readonly parametersDownloadedAt: Instant | null;
  readonly telecollectionNumber: string | null;
  readonly authorizationNumber: string | null;
  readonly backupTelecollectionNumber: string | null;
  readonly backupAuthorizationNumber: string | null;
  readonly telecollectionProvider: string | null;
  readonly isTestMode: boolean;
  /** When it was switched to test mode. */
  readonly testModeSince: Instant | null;
  readonly fraudFilters: readonly string[];
};

export type ContractTechnicalDataRecorded = {
  readonly type: 'ContractTechnicalDataRecorded';
  readonly data: AskedBy & {
    readonly contractId: string;
    readonly technicalData: ContractTechnicalData;
    readonly recordedAt: Instant;
  };
};

export type ContractEvent =
  | ContractOpened
  | ContractChanged
  | ContractDeactivated
  | ContractActivated
  | ContractTechnicalDataRecorded;
