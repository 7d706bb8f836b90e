import type { Instant } from '@encaisse/kernel';

/** One stream for the installation: its versions in order. */
export const TERMS_CATEGORY = 'access.terms';

/** General terms of use that every user must accept before anything else (AUTH-05, AUTH-06). */
export type TermsPublished = {
  readonly type: 'TermsPublished';
  readonly data: {
    readonly publicationId: string;
    readonly version: number;
    readonly textFr: string;
    readonly textEn: string;
    readonly publishedAt: Instant;
  };
};
