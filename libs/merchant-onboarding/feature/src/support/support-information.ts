/** What people are told of support; addresses and numbers are the installation's own (SUPP-04 to SUPP-07). */
export type SupportInformation = {
  readonly hours: string;
  readonly channels: readonly string[];
  readonly documents: readonly {
    readonly title: string;
    readonly language: 'fr' | 'en';
    readonly url: string;
  }[];
  readonly directory: readonly {
    readonly offer: string;
    readonly who: string;
    readonly hours: string | null;
    readonly email: string | null;
    readonly telephone: string | null;
  }[];
};

const DOCUMENTATION = 'https://documentation.example';

const document = (title: string, language: 'fr' | 'en', page: string) => ({
  title,
  language,
  url: `${DOCUMENTATION}/${language}/${page}`,
});

/** Placeholders in reserved domains and numbers: an installation puts its own in SUPPORT_FILE. */
export const PLACEHOLDER_SUPPORT: SupportInformation = {
  hours: 'Mon–Fri 9:00–18:30',
  channels: ['e-mail', 'telephone', 'SVI'],
  documents: [
    document('Manuel utilisateur', 'fr', 'manuel'),
    document('User manual', 'en', 'manual'),
    document('Documentation technique', 'fr', 'integration'),
    document('Technical documentation', 'en', 'integration'),
    document('FAQ', 'fr', 'faq'),
    document('Tutoriels des logiciels de commerce', 'fr', 'tutoriels'),
  ],
  directory: [
    entry('Payplug, client requests', 'Payplug support team', 'Mon–Fri 9:00–18:00', 'payplug'),
    entry('Payplug, product and leads', 'Bank partnership team', 'Mon–Fri 9:30–17:30', 'partners'),
    entry('IZ eCommerce', 'IZ eCommerce', null, 'iz'),
    entry('SP+ and JPEL', 'Bank-group assistance', null, 'assistance'),
    entry('SP+', 'Client service', 'Mon–Fri 9:00–18:00', 'clients'),
    entry('All card services, bank only', 'PRO card services', 'Mon–Sat 9:00–18:00', 'cards'),
    entry('SP+, bank only', 'SP+ assistance', null, 'sp'),
  ],
};

function entry(offer: string, who: string, hours: string | null, mailbox: string) {
  return { offer, who, hours, email: `${mailbox}@support.example`, telephone: '+33199000000' };
}
