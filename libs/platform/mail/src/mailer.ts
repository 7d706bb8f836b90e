import type { SqlSession } from '@encaisse/platform/postgres';
import type { Mail, Sms } from './message';
import type { TemplateName } from './templates/template';

/** Whether a message was queued now, or was there already under its id. */
export type Queued = { readonly isNew: boolean };

/**
 * Writes to people by mail. A mail is rendered at once, so that data a template cannot take are told to
 * who asks; it leaves later, as often tried as it needs.
 */
export abstract class Mailer {
  /** Queues a mail in a transaction: it leaves if that commits, and never otherwise. */
  abstract enqueue<Name extends TemplateName>(
    session: SqlSession,
    mail: Mail<Name>,
  ): Promise<Queued>;

  /** Queues a mail in a transaction of its own. */
  abstract send<Name extends TemplateName>(mail: Mail<Name>): Promise<Queued>;
}

/** Writes to people by short message, under the same rules as `Mailer`. */
export abstract class SmsSender {
  abstract enqueue<Name extends TemplateName>(session: SqlSession, sms: Sms<Name>): Promise<Queued>;
  abstract send<Name extends TemplateName>(sms: Sms<Name>): Promise<Queued>;
}
