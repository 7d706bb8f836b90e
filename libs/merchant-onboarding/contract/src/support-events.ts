import type { Environment, Instant } from '@encaisse/kernel';

/** The category of the streams of requests to support: one for each request. */
export const CONTACT_REQUEST_CATEGORY = 'onboarding.contact_request';

/** Somebody wrote to support (SUPP-01). What they wrote, and their address, are in the mail alone. */
export type ContactRequested = {
  readonly type: 'ContactRequested';
  readonly data: {
    readonly requestId: string;
    readonly environment: Environment;
    readonly contractId: string;
    readonly shopId: string;
    /** Whether the writer was sent a copy. */
    readonly isCopied: boolean;
    /** Keyed digest of the request: tells a repeat from another request under its id. */
    readonly fingerprint: string;
    readonly requestedAt: Instant;
  };
};
