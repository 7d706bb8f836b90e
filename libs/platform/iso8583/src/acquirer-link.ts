import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { encodeMessage } from './codec';
import { describeMessage } from './describe-message';
import { frame } from './framing';
import { type ExchangeOutcome, InFlightRequests } from './in-flight-requests';
import type { LinkLogger } from './link-logger';
import type { Iso8583Message } from './message';
import { type ChannelClosure, MessageChannel } from './message-channel';
import {
  ACCEPTED,
  ECHO,
  SIGN_ON,
  isAnswer,
  networkAnswer,
  networkRequest,
  requireFields,
} from './network-messages';
import { openSocket } from './open-socket';
import { TraceNumbers } from './trace-numbers';

export type AcquirerLinkSettings = {
  readonly host: string;
  readonly port: number;
  /** How long an answer is waited for, in real milliseconds from the moment the request is written. */
  readonly answerTimeoutMs: number;
  /** How long a request waits for a connection that is down; 0 fails at once. Default 1000. */
  readonly connectionWaitMs?: number;
  /** Most time for a connection to open, and for a sign-on or an echo to be answered. Default 5000. */
  readonly networkTimeoutMs?: number;
  /** Time between two echoes. Default 30000. */
  readonly echoIntervalMs?: number;
  /** Pause before the first new attempt, doubled by each failure. Default 100. */
  readonly firstRetryMs?: number;
  /** Longest pause between attempts. Default 5000. */
  readonly lastRetryMs?: number;
};

/**
 * What became of a request. Only `not-sent` proves that the acquirer never saw it: no byte of it was
 * written. After `timeout` and `connection-lost` nobody knows, and a reversal is owed (D13).
 */
export type LinkOutcome = ExchangeOutcome | { readonly kind: 'not-sent' };

export type LateAnswerListener = (answer: Iso8583Message) => void;

type Waiter = (channel: MessageChannel | null) => void;

const DEFAULTS = {
  connectionWaitMs: 1000,
  networkTimeoutMs: 5000,
  echoIntervalMs: 30_000,
  firstRetryMs: 100,
  lastRetryMs: 5000,
};

const NETWORK_CLASS = '8';

/**
 * The one connection to an acquirer, shared by every request of the process: signs on, keeps alive by
 * echoes, gives each answer to its request, connects again when lost. Never throws for the network.
 */
export class AcquirerLink {
  private readonly settings: Required<AcquirerLinkSettings>;
  private readonly inFlight = new InFlightRequests();
  private readonly traceNumbers: TraceNumbers;
  private readonly waiters = new Set<Waiter>();
  private readonly lateAnswerListeners: LateAnswerListener[] = [];
  private readonly stopping = new AbortController();
  /** The connection once it is signed on. */
  private channel: MessageChannel | null = null;
  private failures = 0;
  private isClosing = false;
  private running: Promise<void> | null = null;

  constructor(
    settings: AcquirerLinkSettings,
    private readonly logger: LinkLogger,
    firstTraceNumber = randomInt(1, 1_000_000),
  ) {
    this.settings = { ...DEFAULTS, ...settings };
    this.traceNumbers = new TraceNumbers(firstTraceNumber);
  }

  /** True when a request would be written at once. */
  get isReady(): boolean {
    return !this.isClosing && this.channel?.isOpen === true;
  }

  /** Begins to connect, and to connect again whenever the connection is lost, until `close`. */
  start(): void {
    this.running ??= this.keepConnected();
  }

  /** A system trace audit number (field 11) that no request in flight bears. */
  nextStan(): string {
    return this.traceNumbers.next((stan) => this.inFlight.isInFlight(stan));
  }

  /** Hears the answers nobody waits for any more, and those nobody asked for. */
  onLateAnswer(listener: LateAnswerListener): void {
    this.lateAnswerListeners.push(listener);
  }

  /**
   * Sends a request and waits for its answer. The request bears its own trace number (field 11, from
   * `nextStan`) and transmission time (field 7). Throws `UnencodableMessageError` before anything is
   * sent when it cannot be written.
   */
  async request(message: Iso8583Message): Promise<LinkOutcome> {
    const bytes = frame(encodeMessage(message));
    const channel = this.isReady ? this.channel : await this.untilReady();
    if (!channel?.isOpen) return { kind: 'not-sent' };
    return this.exchange(channel, message, bytes, this.settings.answerTimeoutMs);
  }

  /** Takes no new request, lets those in flight end, each by its own time-out, and disconnects. */
  async close(): Promise<void> {
    this.isClosing = true;
    this.wakeWaiters(null);
    if (this.channel) await this.inFlight.none();
    this.stopping.abort();
    await this.running;
  }

  private exchange(
    channel: MessageChannel,
    message: Iso8583Message,
    bytes: Buffer,
    timeoutMs: number,
  ): Promise<ExchangeOutcome> {
    const outcome = this.inFlight.add(message, timeoutMs);
    channel.sendFrame(bytes);
    return outcome;
  }

  private untilReady(): Promise<MessageChannel | null> {
    if (this.isClosing || this.settings.connectionWaitMs === 0) return Promise.resolve(null);
    return new Promise((resolve) => {
      const waiter: Waiter = (channel) => {
        clearTimeout(timer);
        this.waiters.delete(waiter);
        resolve(channel);
      };
      const timer = setTimeout(() => waiter(null), this.settings.connectionWaitMs);
      this.waiters.add(waiter);
    });
  }

  private wakeWaiters(channel: MessageChannel | null): void {
    for (const waiter of [...this.waiters]) waiter(channel);
  }

  private async keepConnected(): Promise<void> {
    const { signal } = this.stopping;
    const { host, port, firstRetryMs, lastRetryMs } = this.settings;
    while (!this.hasStopped()) {
      const closure = await this.stayConnected(signal);
      if (this.hasStopped()) break;
      const retryMs = Math.min(firstRetryMs * 2 ** Math.min(this.failures, 20), lastRetryMs);
      this.failures += 1;
      this.logger.warn({ host, port, ...closure, retryMs }, 'acquirer link down');
      await pause(retryMs, undefined, { signal }).catch(() => undefined);
    }
    this.logger.info({ host, port }, 'acquirer link closed');
  }

  private hasStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Lives through one connection and tells why it ended. */
  private async stayConnected(signal: AbortSignal): Promise<ChannelClosure> {
    const { host, port, networkTimeoutMs } = this.settings;
    let socket;
    try {
      socket = await openSocket({ host, port }, networkTimeoutMs, signal);
    } catch (error) {
      return { reason: 'network-error', detail: (error as Error).message };
    }
    return new Promise((resolve) => {
      const ended = new AbortController();
      const stop = () => channel.close('the link is closing');
      const channel = new MessageChannel(socket, {
        onMessage: (message) => this.receive(channel, message),
        onClosed: (closure) => {
          signal.removeEventListener('abort', stop);
          ended.abort();
          this.channel = null;
          this.inFlight.loseAll();
          resolve(closure);
        },
      });
      signal.addEventListener('abort', stop);
      void this.signOn(channel, ended.signal);
    });
  }

  private async signOn(channel: MessageChannel, ended: AbortSignal): Promise<void> {
    const outcome = await this.manageNetwork(channel, SIGN_ON);
    if (!channel.isOpen) return;
    if (outcome.kind !== 'answered' || outcome.answer.fields[39] !== ACCEPTED) {
      channel.close('the sign-on was not accepted');
      return;
    }
    this.channel = channel;
    this.failures = 0;
    const { host, port } = this.settings;
    this.logger.info({ host, port }, 'acquirer link signed on');
    this.wakeWaiters(channel);
    await this.keepAlive(channel, ended);
  }

  /** An acquirer that leaves an echo unanswered is gone, whatever the network pretends. */
  private async keepAlive(channel: MessageChannel, signal: AbortSignal): Promise<void> {
    for (;;) {
      await pause(this.settings.echoIntervalMs, undefined, { signal }).catch(() => undefined);
      if (!channel.isOpen || this.isClosing) return;
      const outcome = await this.manageNetwork(channel, ECHO);
      if (outcome.kind === 'timeout') channel.close('an echo was left unanswered');
    }
  }

  private manageNetwork(channel: MessageChannel, code: string): Promise<ExchangeOutcome> {
    const message = networkRequest(code, this.nextStan());
    const bytes = frame(encodeMessage(message));
    return this.exchange(channel, message, bytes, this.settings.networkTimeoutMs);
  }

  private receive(channel: MessageChannel, message: Iso8583Message): void {
    if (isAnswer(message)) {
      requireFields(message, [7, 11, 39]);
      if (!this.inFlight.answer(message)) this.tellLateAnswer(message);
    } else if (message.mti[1] === NETWORK_CLASS) {
      channel.send(networkAnswer(message));
    } else {
      this.logger.warn({ message: describeMessage(message) }, 'unexpected request ignored');
    }
  }

  private tellLateAnswer(answer: Iso8583Message): void {
    this.logger.warn({ message: describeMessage(answer) }, 'answer that nobody waits for');
    if (answer.mti[1] === NETWORK_CLASS) return;
    for (const listener of this.lateAnswerListeners) {
      try {
        listener(answer);
      } catch (error) {
        this.logger.error({ error: String(error) }, 'a listener of late answers failed');
      }
    }
  }
}
