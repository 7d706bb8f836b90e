/** How a feature is paid for (PAY-26). */
export type OptionTerms = 'INCLUDED' | 'FREE' | 'OPTION' | 'BILLED';

/** A feature of the catalogue, with the names people see. */
export type CatalogueItem = {
  readonly terms: OptionTerms;
  readonly fr: string;
  readonly en: string;
};

/**
 * The catalogue of features (PAY-26). What is included or free every shop has; an option or a billed
 * feature it has once it is subscribed.
 */
export const CATALOGUE = {
  BACK_OFFICE: { terms: 'INCLUDED', fr: 'Back-office', en: 'Back office' },
  CARD_PAYMENT: { terms: 'INCLUDED', fr: 'Paiement par carte', en: 'Card payment' },
  CARD_BLOCKING: { terms: 'INCLUDED', fr: 'Blocage carte', en: 'Card blocking' },
  THREE_DS_ENROLMENT: { terms: 'FREE', fr: 'Enrôlement 3-D Secure', en: '3-D Secure enrolment' },
  TEST_ENVIRONMENT: { terms: 'FREE', fr: 'Environnement de test', en: 'Test environment' },
  MERCHANT_TICKET: {
    terms: 'FREE',
    fr: 'Confirmation par e-mail au commerçant',
    en: 'Confirmation by mail to the merchant',
  },
  FILE_RECONCILIATION: {
    terms: 'OPTION',
    fr: 'Rapprochement par fichier',
    en: 'Reconciliation by file',
  },
  PRIVATE_MEANS: {
    terms: 'BILLED',
    fr: 'Moyens de paiement privatifs',
    en: 'Private payment means',
  },
  TYPOLOGIES: { terms: 'BILLED', fr: 'Typologies de paiement', en: 'Payment typologies' },
  FILE_PAYMENTS: { terms: 'BILLED', fr: 'Paiements par fichier', en: 'Payments by file' },
} as const satisfies Readonly<Record<string, CatalogueItem>>;

export type ShopOption = keyof typeof CATALOGUE;

/** The features that a shop has or not, as it chose. */
export const CHOSEN_OPTIONS = (Object.keys(CATALOGUE) as ShopOption[]).filter((option) =>
  ['OPTION', 'BILLED'].includes(CATALOGUE[option].terms),
);
