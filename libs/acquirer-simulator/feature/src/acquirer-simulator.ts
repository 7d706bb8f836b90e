import { type Server, type Socket, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import {
  type ChannelClosure,
  type Iso8583Message,
  type LinkLogger,
  MessageChannel,
  describeMessage,
  networkAnswer,
} from '@encaisse/platform/iso8583';
import { answerTo, referenceOfAuthorization, referenceOfOriginal } from './authorization/answers';
import { AuthorizationBook } from './authorization/authorization-book';
import { type JournalEntry, MessageJournal } from './authorization/message-journal';

export type AcquirerSimulatorSettings = {
  /** 0 takes a free one, told by `port`. */
  readonly port: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Time-out of the other side: a late answer leaves after twice as long. */
  readonly gatewayTimeoutMs: number;
  /** Messages kept in the journal. Default 1000. */
  readonly journalCapacity?: number;
  /** Authorisations and reversals remembered. Default 200000. */
  readonly bookCapacity?: number;
};

/** How many of each the simulator has seen since its start. */
export type SimulatorCounters = {
  readonly connections: number;
  readonly malformedConnections: number;
  readonly authorizations: number;
  readonly reversals: number;
  readonly networkMessages: number;
  readonly answers: number;
  /** Approved and not reversed. */
  readonly liveAuthorizations: number;
};

const REVERSED = '00';
const LATENESS = 2;

/** An acquirer on a socket: speaks ISO 8583:1987 and follows the fixed rules of the README. */
export class AcquirerSimulator {
  private readonly server: Server;
  private readonly book: AuthorizationBook;
  private readonly journal: MessageJournal;
  private readonly channels = new Set<MessageChannel>();
  private readonly lateAnswers = new Set<NodeJS.Timeout>();
  private readonly counts = {
    connections: 0,
    malformedConnections: 0,
    authorizations: 0,
    reversals: 0,
    networkMessages: 0,
    answers: 0,
  };

  constructor(
    private readonly settings: AcquirerSimulatorSettings,
    private readonly logger: LinkLogger,
  ) {
    this.book = new AuthorizationBook(settings.bookCapacity ?? 200_000);
    this.journal = new MessageJournal(settings.journalCapacity ?? 1000);
    this.server = createServer((socket) => this.accept(socket));
  }

  /** Begins to listen. Rejects when the port is taken. */
  async start(): Promise<void> {
    const { port, host = '127.0.0.1' } = this.settings;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.removeListener('error', reject);
        resolve();
      });
    });
    this.logger.info({ host, port: this.port }, 'acquirer simulator listening');
  }

  /** The port listened on. */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get counters(): SimulatorCounters {
    return { ...this.counts, liveAuthorizations: this.book.liveAuthorizations };
  }

  /** The last messages, oldest first, card data hidden. */
  get messages(): readonly JournalEntry[] {
    return this.journal.entries();
  }

  /** Cuts every connection, as a network failure would; new ones are taken. */
  dropConnections(): void {
    for (const channel of [...this.channels]) channel.close('dropped by the simulator');
  }

  /** Stops listening and cuts every connection; late answers not sent yet are lost. */
  async close(): Promise<void> {
    for (const timer of this.lateAnswers) clearTimeout(timer);
    this.lateAnswers.clear();
    if (!this.server.listening) return;
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.dropConnections();
    await closed;
  }

  private accept(socket: Socket): void {
    this.counts.connections += 1;
    const connection = this.counts.connections;
    const channel: MessageChannel = new MessageChannel(socket, {
      onMessage: (message) => this.receive({ channel, connection }, message),
      onClosed: (closure) => this.closed({ channel, connection }, closure),
    });
    this.channels.add(channel);
  }

  private closed({ channel, connection }: Peer, closure: ChannelClosure): void {
    this.channels.delete(channel);
    if (closure.reason !== 'malformed') {
      this.logger.info({ connection, ...closure }, 'acquirer simulator connection closed');
      return;
    }
    this.counts.malformedConnections += 1;
    this.logger.warn({ connection, ...closure }, 'acquirer simulator connection closed');
  }

  private receive(peer: Peer, message: Iso8583Message): void {
    this.journal.record({ direction: 'received', connection: peer.connection, message });
    switch (message.mti) {
      case '0100':
        return this.authorize(peer, message);
      case '0400':
        return this.reverse(peer, message);
      case '0800':
        this.counts.networkMessages += 1;
        return this.send(peer, networkAnswer(message));
      default:
        this.logger.warn({ message: describeMessage(message) }, 'unexpected message ignored');
    }
  }

  private authorize(peer: Peer, request: Iso8583Message): void {
    const reference = referenceOfAuthorization(request);
    this.counts.authorizations += 1;
    const { verdict, authorizationNumber } = this.book.authorize(reference, request.fields[4]!);
    const answer = answerTo(request, {
      39: verdict.responseCode,
      ...(authorizationNumber === null ? {} : { 38: authorizationNumber }),
    });
    if (verdict.answer === 'at-once') this.send(peer, answer);
    if (verdict.answer === 'late') this.sendLate(peer, answer);
  }

  private reverse(peer: Peer, reversal: Iso8583Message): void {
    const original = referenceOfOriginal(reversal);
    this.counts.reversals += 1;
    this.book.reverse(original);
    this.send(peer, answerTo(reversal, { 39: REVERSED }));
  }

  private sendLate(peer: Peer, answer: Iso8583Message): void {
    const timer = setTimeout(() => {
      this.lateAnswers.delete(timer);
      this.send(peer, answer);
    }, LATENESS * this.settings.gatewayTimeoutMs);
    this.lateAnswers.add(timer);
  }

  private send({ channel, connection }: Peer, message: Iso8583Message): void {
    if (!channel.isOpen) return;
    channel.send(message);
    this.counts.answers += 1;
    this.journal.record({ direction: 'sent', connection, message });
  }
}

type Peer = { readonly channel: MessageChannel; readonly connection: number };
