import { accept, type Decision, type Instant, refuse, type StreamType } from '@encaisse/kernel';
import { TERMS_CATEGORY, type TermsPublished } from '@encaisse/access/contract';

/** The version in force while none was published: the one that comes with the product. */
export const FIRST_TERMS_VERSION = 1;

/** The terms of use as they stand. */
export type Terms = {
  readonly version: number;
  readonly publications: Readonly<Record<string, Omit<TermsPublished['data'], 'publishedAt'>>>;
};

export const termsStream: StreamType<Terms, TermsPublished> = {
  category: TERMS_CATEGORY,
  initial: { version: FIRST_TERMS_VERSION, publications: {} },
  schemaVersions: { TermsPublished: 1 },
  evolve({ publications }, { data: { publishedAt: _, ...terms } }) {
    return {
      version: terms.version,
      publications: { ...publications, [terms.publicationId]: terms },
    };
  },
};

/** Publishes a new version, which every user must accept (AUTH-06). */
export type PublishTerms = {
  readonly publicationId: string;
  readonly textFr: string;
  readonly textEn: string;
  readonly at: Instant;
};

export function publishTerms(
  { publicationId, textFr, textEn, at }: PublishTerms,
  { version, publications }: Terms,
): Decision<TermsPublished, { readonly code: 'id-reused' }> {
  const earlier = publications[publicationId];
  if (earlier) {
    const isReplay = earlier.textFr === textFr && earlier.textEn === textEn;
    return isReplay ? accept() : refuse({ code: 'id-reused' });
  }
  const data = { publicationId, version: version + 1, textFr, textEn, publishedAt: at };
  return accept({ type: 'TermsPublished', data });
}
