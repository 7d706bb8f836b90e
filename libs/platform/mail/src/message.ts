import type { Environment } from '@encaisse/kernel';
import type { TemplateData, TemplateName } from './templates/template';

/** The languages people are written to in; French where nothing is known of them (NOTIF-18). */
export const MESSAGE_LANGUAGES = ['fr', 'en'] as const;
export type MessageLanguage = (typeof MESSAGE_LANGUAGES)[number];

/** How a message travels. */
export const MESSAGE_CHANNELS = ['MAIL', 'SMS'] as const;
export type MessageChannel = (typeof MESSAGE_CHANNELS)[number];

/** What a message is about, so that it is found again from there: a user, an export, a key. */
export type MessageSubject = { readonly kind: string; readonly id: string };

/** A file that goes with a mail. Texts are held to the same guard as the mail itself. */
export type MailAttachment = {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Uint8Array;
};

type Message<Name extends TemplateName> = {
  /** UUID made by who asks: a message of an id that is there already is not queued again. */
  readonly id: string;
  readonly template: Name;
  readonly data: TemplateData[Name];
  readonly language: MessageLanguage;
  readonly environment: Environment;
  /** The node it concerns, whose people find it in the journal; null where none is. */
  readonly nodeId: string | null;
  readonly about: MessageSubject | null;
};

/** A mail to one person. */
export type Mail<Name extends TemplateName = TemplateName> = Message<Name> & {
  /** The address alone, without a name. */
  readonly recipient: string;
  readonly attachments?: readonly MailAttachment[];
};

/** A short message to one mobile. Its template must have a wording for it. */
export type Sms<Name extends TemplateName = TemplateName> = Message<Name> & {
  /** International form, such as +33612345678. */
  readonly recipient: string;
};
