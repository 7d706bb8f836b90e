import type { Environment, Instant, Money } from '@encaisse/kernel';

/** The category of the streams of exports asked for as a job (TRX-27). */
export const EXPORT_CATEGORY = 'backoffice.export';

/** What can be exported. */
export const EXPORT_KINDS = ['transactions', 'remittances', 'contracts'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

/** Why no file was made: it took longer than mails may, or what it asks for is there no more. */
export type ExportFailure = 'too-slow' | 'not-possible';

/**
 * A person asked for a file of all that a search finds. The filters may hold personal data: they stay
 * beside the log, sealed, until the file is forgotten.
 */
export type ExportRequested = {
  readonly type: 'ExportRequested';
  readonly data: {
    readonly exportId: string;
    readonly kind: ExportKind;
    readonly environment: Environment;
    /** The node searched, of the person's own or below. */
    readonly nodeId: string;
    readonly format: string;
    readonly language: 'fr' | 'en';
    /** Names of the columns, in order. */
    readonly columns: readonly string[];
    readonly filename: string;
    /** Keyed digest of the request, so that its id cannot stand for another one (GEN-11). */
    readonly fingerprint: string;
    /** Who is told by mail; null where a machine asked. */
    readonly personId: string | null;
    readonly requestedAt: Instant;
  };
};

/** The file lies ready for the person who asked for it. */
export type ExportFinished = {
  readonly type: 'ExportFinished';
  readonly data: {
    readonly exportId: string;
    readonly rowCount: number;
    /** One per currency, in order of their codes: the sums of the amounts of the rows. */
    readonly sums: readonly Money[];
    readonly bytes: number;
    /** Of the file, hexadecimal. */
    readonly sha256: string;
    /** The file holds everything recorded up to this position of the log. */
    readonly position: number;
    readonly finishedAt: Instant;
    /** From then on the file is refused, and removed soon after. */
    readonly expiresAt: Instant;
  };
};

export type ExportFailed = {
  readonly type: 'ExportFailed';
  readonly data: {
    readonly exportId: string;
    readonly reason: ExportFailure;
    readonly failedAt: Instant;
  };
};

/** The file was removed. */
export type ExportExpired = {
  readonly type: 'ExportExpired';
  readonly data: { readonly exportId: string; readonly expiredAt: Instant };
};

export type ExportEvent = ExportRequested | ExportFinished | ExportFailed | ExportExpired;
