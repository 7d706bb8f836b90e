import type { SmsFile } from '@encaisse/platform/mail';
import type { SinkMail } from '../smtp-sink';
import { escaped, page, table } from './page';

const instant = (text: string) => `${text.slice(0, 10)} ${text.slice(11, 19)} UTC`;

/** The mails taken, newest first. */
export function mailList(mails: readonly SinkMail[]): string {
  if (mails.length === 0) return page('Courriels reçus', '<p>Aucun courriel pour le moment.</p>');
  const rows = mails.map((mail) => [
    escaped(instant(mail.receivedAt)),
    escaped(mail.to.join(', ')),
    `<a href="/dev/mail/${mail.id}">${escaped(mail.subject || '(sans objet)')}</a>`,
  ]);
  return page('Courriels reçus', table(['Reçu', 'Destinataire', 'Objet'], rows));
}

/** One mail in all its forms. */
export function mailPage(mail: SinkMail): string {
  const about = table(
    ['De', 'À', 'Reçu'],
    [[escaped(mail.from), escaped(mail.to.join(', ')), escaped(instant(mail.receivedAt))]],
  );
  const files = mail.attachments.map((one) => [
    escaped(one.filename),
    escaped(one.contentType),
    `${one.bytes} octets`,
  ]);
  const headers = mail.headers.map(({ name, value }) => [escaped(name), escaped(value)]);
  return page(
    mail.subject || '(sans objet)',
    [
      about,
      '<h2>Texte</h2>',
      `<pre>${escaped(mail.text)}</pre>`,
      ...(mail.html === null
        ? []
        : [
            '<h2>HTML</h2>',
            `<iframe title="Courriel en HTML" sandbox="" src="/dev/mail/${mail.id}/html"></iframe>`,
          ]),
      ...(files.length === 0
        ? []
        : ['<h2>Pièces jointes</h2>', table(['Nom', 'Type', 'Taille'], files)]),
      '<h2>En-têtes</h2>',
      table(['Nom', 'Valeur'], headers),
    ].join('\n'),
  );
}

/** The short messages written to files, newest first. */
export function smsList(messages: readonly SmsFile[]): string {
  if (messages.length === 0) return page('SMS écrits', '<p>Aucun SMS pour le moment.</p>');
  const rows = messages.map((one) => [
    escaped(instant(one.writtenAt.toISOString())),
    escaped(one.to),
    escaped(one.text),
  ]);
  return page('SMS écrits', table(['Écrit', 'Mobile', 'Texte'], rows));
}
