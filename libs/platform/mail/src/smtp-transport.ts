import { createTransport, type SMTPPoolOptions, type Transporter } from 'nodemailer';
import type { DeliveryOutcome, MessageTransport, OpenMessage } from './transport';

export type SmtpOptions = {
  /** smtp://host:port or smtps://user:password@host:port. */
  readonly url: string;
  /** The address mails come from, and the name shown with it. */
  readonly from: { readonly name: string; readonly address: string };
};

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/;
const CONNECT_MILLIS = 5000;
const SILENCE_MILLIS = 15_000;

type SmtpError = Error & { readonly code?: string; readonly responseCode?: number };

/** Delivers mails to an SMTP server over a few kept connections. */
export class SmtpTransport implements MessageTransport {
  private readonly transporter: Transporter;

  constructor(private readonly options: SmtpOptions) {
    const { hostname, username } = new URL(options.url);
    this.transporter = createTransport({
      url: options.url,
      pool: true,
      maxConnections: 3,
      // What to do after a lost connection is the queue's to decide.
      maxRequeues: 0,
      connectionTimeout: CONNECT_MILLIS,
      greetingTimeout: CONNECT_MILLIS,
      dnsTimeout: CONNECT_MILLIS,
      socketTimeout: SILENCE_MILLIS,
      // A password never travels on an open line, except within the machine.
      requireTLS: username !== '' && !LOOPBACK.test(hostname),
      disableFileAccess: true,
      disableUrlAccess: true,
    } satisfies SMTPPoolOptions & { pool: true });
  }

  /** The id of the message is the mail's own: a mail that comes twice can be told by it. */
  async deliver(message: OpenMessage): Promise<DeliveryOutcome> {
    const { from } = this.options;
    const domain = from.address.split('@').at(-1) ?? 'localhost';
    try {
      await this.transporter.sendMail({
        from: { name: from.name, address: from.address },
        to: { name: '', address: message.recipient },
        messageId: `<${message.id}@${domain}>`,
        subject: message.subject,
        text: message.text,
        ...(message.html === null ? {} : { html: message.html }),
        attachments: message.attachments.map((one) => ({
          filename: one.filename,
          contentType: one.contentType,
          content: Buffer.from(one.content),
        })),
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      return { kind: 'accepted' };
    } catch (error) {
      return outcomeOf(error as SmtpError);
    }
  }

  close(): Promise<void> {
    this.transporter.close();
    return Promise.resolve();
  }
}

/**
 * A 5xx to sender, recipient or content is the last word on this mail (RFC 5321 §4.2.1). One to the
 * greeting or the password is about us, not about the mail, and may be mended meanwhile.
 */
function outcomeOf({ code, responseCode, message }: SmtpError): DeliveryOutcome {
  const isOfMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  const isLasting = responseCode !== undefined && responseCode >= 500 && responseCode < 600;
  const error = code === undefined ? message : `${code}: ${message}`;
  return { kind: isOfMail && isLasting ? 'refused' : 'not-now', error };
}
