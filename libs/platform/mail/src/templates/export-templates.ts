import { facts, link, mailTemplates, paragraph } from './template';

mailTemplates.declare({
  name: 'export-ready',
  links: ['link'],
  sample: {
    link: '/exports/0192d000-0000-7000-8000-000000000001',
    filename: 'transactions-2026-11-28.csv',
    rowCount: 12_345,
    expiresAt: '05/12/2026 09:30:00',
  },
  fr: {
    subject: 'Votre export est prêt',
    blocks: [
      paragraph(
        'L’export que vous avez demandé est prêt. Le lien demande de vous connecter, avec le compte qui l’a demandé.',
      ),
      facts({
        Fichier: '{{filename}}',
        Lignes: '{{rowCount}}',
        'Disponible jusqu’au': '{{expiresAt}}',
      }),
      link('link', 'Ouvrir l’export'),
    ],
  },
  en: {
    subject: 'Your export is ready',
    blocks: [
      paragraph(
        'The export you asked for is ready. The link needs you to sign in, with the account that asked for it.',
      ),
      facts({ File: '{{filename}}', Rows: '{{rowCount}}', 'Available until': '{{expiresAt}}' }),
      link('link', 'Open the export'),
    ],
  },
});

mailTemplates.declare({
  name: 'export-failed',
  links: ['link'],
  sample: {
    filename: 'transactions-2026-11-28.csv',
    link: '/exports/0192d000-0000-7000-8000-000000000001',
  },
  fr: {
    subject: 'Votre export n’a pas abouti',
    blocks: [
      paragraph(
        'L’export « {{filename}} » n’a pas pu être produit à temps. Rien n’a été envoyé ; demandez-le de nouveau, au besoin sur une période plus courte.',
      ),
      link('link', 'Voir la demande'),
    ],
  },
  en: {
    subject: 'Your export was not produced',
    blocks: [
      paragraph(
        'The export “{{filename}}” could not be produced in time. Nothing was sent; ask for it again, for a shorter period if need be.',
      ),
      link('link', 'See the request'),
    ],
  },
});
