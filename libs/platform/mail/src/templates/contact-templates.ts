import { facts, mailTemplates, paragraph, quote } from './template';

const sample = {
  siteNumber: '1999888',
  rank: '032',
  identifier: '2',
  topic: 'Une remise manque',
  message: 'Bonjour,\nla remise du 27 novembre manque.',
};
const FRENCH_FACTS = facts({
  'Numéro de site': '{{siteNumber}}',
  Rang: '{{rank}}',
  Identifiant: '{{identifier}}',
  Sujet: '{{topic}}',
});
const ENGLISH_FACTS = facts({
  'Site number': '{{siteNumber}}',
  Rank: '{{rank}}',
  Identifier: '{{identifier}}',
  Topic: '{{topic}}',
});

mailTemplates.declare({
  name: 'contact-request',
  links: [],
  sample: { ...sample, replyTo: 'camille.durand@example.com' },
  fr: {
    subject: 'Demande du site {{siteNumber}}, rang {{rank}}',
    blocks: [
      paragraph('Une demande est arrivée par le formulaire de contact.'),
      FRENCH_FACTS,
      facts({ 'Répondre à': '{{replyTo}}' }),
      quote('{{message}}'),
    ],
  },
  en: {
    subject: 'Request of site {{siteNumber}}, rank {{rank}}',
    blocks: [
      paragraph('A request came through the contact form.'),
      ENGLISH_FACTS,
      facts({ 'Reply to': '{{replyTo}}' }),
      quote('{{message}}'),
    ],
  },
});

mailTemplates.declare({
  name: 'contact-copy',
  links: [],
  sample,
  fr: {
    subject: 'Copie de votre demande',
    blocks: [
      paragraph('Voici ce que vous avez écrit à l’assistance.'),
      FRENCH_FACTS,
      quote('{{message}}'),
    ],
  },
  en: {
    subject: 'Copy of your request',
    blocks: [paragraph('This is what you wrote to support.'), ENGLISH_FACTS, quote('{{message}}')],
  },
});
