import { code, link, mailTemplates, paragraph } from './template';

mailTemplates.declare({
  name: 'first-credentials',
  links: ['link'],
  sample: { login: 'camille.durand', link: '/activation#Qm9uam91cg' },
  fr: {
    subject: 'Votre accès à {{brand}}',
    blocks: [
      paragraph(
        'Un compte vous a été ouvert sur {{brand}}. Votre identifiant est « {{login}} ». Choisissez votre mot de passe ; le lien sert une seule fois, pendant 24 heures.',
      ),
      link('link', 'Choisir mon mot de passe'),
      paragraph('Passé ce délai, demandez un nouveau lien à la personne qui gère vos accès.'),
    ],
  },
  en: {
    subject: 'Your access to {{brand}}',
    blocks: [
      paragraph(
        'An account was opened for you on {{brand}}. Your login is “{{login}}”. Choose your password; the link works once, for 24 hours.',
      ),
      link('link', 'Choose my password'),
      paragraph('After that, ask whoever manages your access for a new link.'),
    ],
  },
});

mailTemplates.declare({
  name: 'password-reset',
  links: ['link'],
  sample: { link: '/mot-de-passe#Qm9uam91cg', validMinutes: 30 },
  fr: {
    subject: 'Choisir un nouveau mot de passe',
    blocks: [
      paragraph(
        'Un nouveau mot de passe a été demandé pour votre compte. Le lien sert une seule fois, pendant {{validMinutes}} minutes.',
      ),
      link('link', 'Choisir un nouveau mot de passe'),
      paragraph(
        'Si la demande ne vient pas de vous, ne suivez pas le lien : votre mot de passe reste le même.',
      ),
    ],
  },
  en: {
    subject: 'Choose a new password',
    blocks: [
      paragraph(
        'A new password was asked for on your account. The link works once, for {{validMinutes}} minutes.',
      ),
      link('link', 'Choose a new password'),
      paragraph(
        'If it was not you who asked, do not follow the link: your password stays the same.',
      ),
    ],
  },
});

mailTemplates.declare({
  name: 'account-locked',
  links: [],
  sample: { login: 'camille.durand' },
  fr: {
    subject: 'Votre compte est verrouillé',
    blocks: [
      paragraph(
        'Le compte « {{login}} » est verrouillé après trois essais de connexion manqués. Seule l’assistance peut le rouvrir.',
      ),
      paragraph('Si ces essais ne viennent pas de vous, dites-le à l’assistance.'),
    ],
    sms: '{{brand}} : votre compte est verrouillé après trois essais manqués. Contactez l’assistance.',
  },
  en: {
    subject: 'Your account is locked',
    blocks: [
      paragraph(
        'The account “{{login}}” is locked after three failed sign-ins. Only support can open it again.',
      ),
      paragraph('If these attempts were not yours, tell support.'),
    ],
    sms: '{{brand}}: your account is locked after three failed sign-ins. Contact support.',
  },
});

mailTemplates.declare({
  name: 'confirmation-code',
  links: [],
  sample: { code: '042917', validMinutes: 10 },
  fr: {
    subject: 'Votre code de confirmation',
    blocks: [
      paragraph('Tapez ce code pour confirmer ; il sert pendant {{validMinutes}} minutes.'),
      code('{{code}}'),
      paragraph('Ne le donnez à personne : nous ne vous le demanderons jamais au téléphone.'),
    ],
    sms: '{{brand}} : votre code est {{code}}, pendant {{validMinutes}} minutes. Ne le donnez à personne.',
  },
  en: {
    subject: 'Your confirmation code',
    blocks: [
      paragraph('Type this code to confirm; it works for {{validMinutes}} minutes.'),
      code('{{code}}'),
      paragraph('Give it to nobody: we will never ask you for it on the phone.'),
    ],
    sms: '{{brand}}: your code is {{code}}, for {{validMinutes}} minutes. Give it to nobody.',
  },
});

mailTemplates.declare({
  name: 'contact-changed',
  links: [],
  sample: { mobile: true, maskedContact: '+336****78' },
  fr: {
    subject: 'Vos coordonnées ont changé',
    blocks: [
      paragraph(
        '{{#if mobile}}Votre numéro de mobile{{else}}Votre adresse e-mail{{/if}} vient de changer : désormais {{maskedContact}}.',
      ),
      paragraph('Si ce changement ne vient pas de vous, appelez l’assistance tout de suite.'),
    ],
    sms: '{{brand}} : {{#if mobile}}votre mobile{{else}}votre adresse e-mail{{/if}} vient de changer ({{maskedContact}}). Si ce n’est pas vous, appelez l’assistance.',
  },
  en: {
    subject: 'Your contact details have changed',
    blocks: [
      paragraph(
        'Your {{#if mobile}}mobile number{{else}}e-mail address{{/if}} has just changed: it is {{maskedContact}} from now on.',
      ),
      paragraph('If this change was not yours, call support at once.'),
    ],
    sms: '{{brand}}: your {{#if mobile}}mobile{{else}}e-mail address{{/if}} has just changed ({{maskedContact}}). If it was not you, call support.',
  },
});
