import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerAddress, type SMTPServerDataStream } from 'smtp-server';

/** A mail as it was taken. */
export type SinkMail = {
  readonly id: number;
  readonly receivedAt: string;
  /** The envelope: what the server was told, whatever the headers say. */
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly messageId: string;
  readonly text: string;
  readonly html: string | null;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly attachments: readonly {
    readonly filename: string;
    readonly contentType: string;
    readonly bytes: number;
  }[];
};

export type SmtpSinkOptions = {
  readonly host: string;
  /** 0 lets the machine choose. */
  readonly port: number;
  readonly kept?: number;
};

const KEPT = 1000;
const LARGEST_MAIL = 10 * 1024 * 1024;
const CLOSE_MILLIS = 500;

/** Takes mails over SMTP and keeps the last ones, so that they can be read. It delivers nothing. */
export class SmtpSink {
  private kept: readonly SinkMail[] = [];
  private readonly refusedOnce = new Set<string>();
  private lastId = 0;
  private readonly server: SMTPServer;

  constructor(private readonly options: SmtpSinkOptions) {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      disableReverseLookup: true,
      logger: false,
      size: LARGEST_MAIL,
      closeTimeout: CLOSE_MILLIS,
      onRcptTo: ({ address }, _session, answer) => answer(this.refusalOf(address)),
      onData: (stream, session, answer) => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        this.take(stream, from, rcptTo).then(
          () => answer(),
          () => answer(replied(451, 'the mail could not be read')),
        );
      },
    });
    // A client that breaks off is no failure of the server.
    this.server.on('error', () => undefined);
  }

  /** Throws when the port is taken. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.server.once('error', reject);
      this.server.listen(this.options.port, this.options.host, () => resolve());
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  /** Oldest first. */
  get mails(): readonly SinkMail[] {
    return this.kept;
  }

  clear(): void {
    this.kept = [];
  }

  private refusalOf(address: string): Error | null {
    if (address.startsWith('refused')) return replied(550, `no mailbox for <${address}>`);
    if (!address.startsWith('busy') || this.refusedOnce.has(address)) return null;
    this.refusedOnce.add(address);
    return replied(451, 'the mailbox is busy');
  }

  private async take(
    stream: SMTPServerDataStream,
    from: string,
    to: readonly SMTPServerAddress[],
  ): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    if (stream.sizeExceeded) throw new Error('the mail is too large');
    const parsed = await PostalMime.parse(Buffer.concat(chunks));
    this.lastId += 1;
    const mail: SinkMail = {
      id: this.lastId,
      receivedAt: new Date().toISOString(),
      from,
      to: to.map(({ address }) => address),
      subject: parsed.subject ?? '',
      messageId: parsed.messageId ?? '',
      text: parsed.text ?? '',
      html: parsed.html ?? null,
      headers: parsed.headers.map(({ key, value }) => ({ name: key, value })),
      attachments: parsed.attachments.map(({ filename, mimeType, content }) => ({
        filename: filename ?? '',
        contentType: mimeType,
        bytes: typeof content === 'string' ? content.length : content.byteLength,
      })),
    };
    this.kept = [...this.kept, mail].slice(-(this.options.kept ?? KEPT));
  }
}

function replied(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}
