import { facts, link, mailTemplates, paragraph } from './template';

mailTemplates.declare({
  name: 'hmac-key-activation',
  links: ['link'],
  sample: { link: '/cles/activation#Qm9uam91cg', siteNumber: '1999888', platform: 'TEST' },
  fr: {
    subject: 'Confirmer la nouvelle clé HMAC',
    blocks: [
      paragraph(
        'Une clé HMAC a été créée. Elle ne sert à rien tant que vous ne l’avez pas confirmée.',
      ),
      facts({ 'Numéro de site': '{{siteNumber}}', Plateforme: '{{platform}}' }),
      link('link', 'Confirmer la clé'),
      paragraph(
        'Méfiez-vous des faux messages : la clé n’est jamais envoyée par e-mail et personne, pas même l’assistance, ne vous la demandera. Si vous n’avez pas créé de clé, ne suivez pas le lien et prévenez l’assistance.',
      ),
    ],
  },
  en: {
    subject: 'Confirm the new HMAC key',
    blocks: [
      paragraph('An HMAC key was created. It has no effect until you confirm it.'),
      facts({ 'Site number': '{{siteNumber}}', Platform: '{{platform}}' }),
      link('link', 'Confirm the key'),
      paragraph(
        'Beware of forged messages: the key is never sent by mail, and nobody, support included, will ever ask you for it. If you created no key, do not follow the link and tell support.',
      ),
    ],
  },
});

mailTemplates.declare({
  name: 'hmac-key-expired',
  links: [],
  sample: { siteNumber: '1999888', expiredOn: '28/11/2026' },
  fr: {
    subject: 'Votre clé HMAC a expiré',
    blocks: [
      paragraph(
        'La clé HMAC du site {{siteNumber}} a expiré le {{expiredOn}}. Elle fonctionne encore : créez-en une nouvelle dès que possible, dans les réglages.',
      ),
    ],
  },
  en: {
    subject: 'Your HMAC key has expired',
    blocks: [
      paragraph(
        'The HMAC key of site {{siteNumber}} expired on {{expiredOn}}. It still works: create a new one in the settings as soon as you can.',
      ),
    ],
  },
});

mailTemplates.declare({
  name: 'hmac-key-expiring',
  links: [],
  sample: { siteNumber: '1999888', expiresOn: '28/12/2026' },
  fr: {
    subject: 'Votre clé HMAC va expirer',
    blocks: [
      paragraph(
        'La clé HMAC du site {{siteNumber}} expire le {{expiresOn}}. Créez-en une nouvelle dans les réglages avant cette date.',
      ),
    ],
  },
  en: {
    subject: 'Your HMAC key is about to expire',
    blocks: [
      paragraph(
        'The HMAC key of site {{siteNumber}} expires on {{expiresOn}}. Create a new one in the settings before then.',
      ),
    ],
  },
});
