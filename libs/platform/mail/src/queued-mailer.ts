import { type Environment, invariant } from '@encaisse/kernel';
import type { Clock } from '@encaisse/platform/clock';
import type { Database, SqlSession } from '@encaisse/platform/postgres';
import type { Keyring } from '@encaisse/platform/security';
import { Mailer, type Queued, SmsSender } from './mailer';
import { maskedAddress, maskedMobile } from './masking';
import type { Mail, MailAttachment, MessageChannel, Sms } from './message';
import type { Outbox } from './outbox';
import { sealContent } from './sealed-content';
import { assertNoCardNumber } from './templates/card-number-guard';
import type { MessageRenderer } from './templates/renderer';
import type { TemplateName } from './templates/template';

/** One address and nothing a mail program could read as a second one. */
const ADDRESS = /^[^\s@<>()[\],;:"\\]+@[^\s@<>()[\],;:"\\]+$/;
const MOBILE = /^\+\d{8,15}$/;
const LARGEST_ATTACHMENTS = 5 * 1024 * 1024;

/** What both senders need. */
export type SenderParts = {
  readonly database: Database;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly outbox: Outbox;
  readonly renderer: MessageRenderer;
  /** Tells the delivery of a channel that something was queued. */
  readonly wake: (channel: MessageChannel) => void;
};

type Content = Omit<Parameters<typeof sealContent>[3], 'recipient'> & { readonly subject: string };

/** Seals a message and puts it into the queue. */
async function queue(
  parts: SenderParts,
  session: SqlSession,
  channel: MessageChannel,
  message: Mail | Sms,
  { subject, ...content }: Content,
): Promise<Queued> {
  const { id, recipient, template, language, nodeId, about } = message;
  const environment: Environment = message.environment;
  const isNew = await parts.outbox.add(session, {
    ...{ id, channel, environment, nodeId, template, language, about, subject },
    maskedRecipient: channel === 'MAIL' ? maskedAddress(recipient) : maskedMobile(recipient),
    content: sealContent(parts.keyring, environment, id, { recipient, ...content }),
    createdAt: parts.clock.now(),
  });
  if (isNew) parts.wake(channel);
  return { isNew };
}

/** Mails by way of the queue. */
export class QueuedMailer extends Mailer {
  constructor(private readonly parts: SenderParts) {
    super();
  }

  override async enqueue<Name extends TemplateName>(
    session: SqlSession,
    mail: Mail<Name>,
  ): Promise<Queued> {
    invariant(ADDRESS.test(mail.recipient), 'a mail goes to one address');
    const { attachments = [] } = mail;
    checkAttachments(attachments);
    const { subject, text, html } = this.parts.renderer.render(
      mail.template,
      mail.language,
      mail.data,
    );
    return queue(this.parts, session, 'MAIL', mail, { subject, text, html, attachments });
  }

  override send<Name extends TemplateName>(mail: Mail<Name>): Promise<Queued> {
    return this.parts.database.transaction((session) => this.enqueue(session, mail));
  }
}

/** Short messages by way of the queue. */
export class QueuedSmsSender extends SmsSender {
  constructor(private readonly parts: SenderParts) {
    super();
  }

  override async enqueue<Name extends TemplateName>(
    session: SqlSession,
    sms: Sms<Name>,
  ): Promise<Queued> {
    invariant(MOBILE.test(sms.recipient), 'a short message goes to one international number');
    const { subject, sms: text } = this.parts.renderer.render(sms.template, sms.language, sms.data);
    invariant(text !== null, `the template ${sms.template} has no wording for a short message`);
    const content = { subject, text, html: null, attachments: [] };
    return queue(this.parts, session, 'SMS', sms, content);
  }

  override send<Name extends TemplateName>(sms: Sms<Name>): Promise<Queued> {
    return this.parts.database.transaction((session) => this.enqueue(session, sms));
  }
}

function checkAttachments(attachments: readonly MailAttachment[]): void {
  const size = attachments.reduce((sum, { content }) => sum + content.byteLength, 0);
  invariant(size <= LARGEST_ATTACHMENTS, 'the files of a mail take 5 MiB at most');
  for (const { contentType, content } of attachments)
    if (contentType.startsWith('text/')) assertNoCardNumber(Buffer.from(content).toString('utf8'));
}
