import type { Alarm, Clock, Timers } from '@encaisse/platform/clock';
import type { Keyring } from '@encaisse/platform/security';
import { errorLine } from './masking';
import type { MessageChannel } from './message';
import type { Outbox, TakenMessage } from './outbox';
import { pauseAfter, RETRY_PAUSES_MILLIS } from './retry-plan';
import { openContent } from './sealed-content';
import type { DeliveryOutcome, MessageTransport } from './transport';

export type DeliveryLogger = {
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
};

export type DeliveryOptions = {
  readonly channel: MessageChannel;
  /** Null while nothing is set to deliver with: messages wait. */
  readonly transport: MessageTransport | null;
  /** The setting to name while there is no transport. */
  readonly missingSetting: string;
  readonly outbox: Outbox;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: DeliveryLogger;
  readonly retryPausesMillis?: readonly number[];
};

const LOOK_MILLIS = 1000;
/** What is queued in a transaction is there once that commits: soon after it was told, mostly. */
const AFTER_WAKE_MILLIS = 40;
const AT_ONCE = 10;
/** An attempt longer than this counts as failed; the next may deliver twice, under the same id. */
const ATTEMPT_MILLIS = 60_000;

/**
 * Delivers the queued messages of one channel: at once when told of one, each second otherwise. What
 * the other side acknowledged is never sent again; what it neither took nor refused is tried again.
 */
export class Delivery {
  private looking: Alarm | undefined;
  private running: Promise<void> | null = null;
  private isStarted = false;
  private isLookWanted = false;
  private lastError: string | null = null;
  private waiting = 0;

  constructor(private readonly options: DeliveryOptions) {}

  start(): void {
    this.isStarted = true;
    this.looking = this.options.timers.every(LOOK_MILLIS, () => this.look());
    this.look();
  }

  async stop(): Promise<void> {
    this.isStarted = false;
    this.looking?.cancel();
    await this.running;
  }

  wake(): void {
    this.options.timers.after(AFTER_WAKE_MILLIS, () => this.look());
  }

  /** For the page of health: what is delivered, and what it waits for. */
  condition(): string {
    const { transport, missingSetting } = this.options;
    if (transport === null)
      return `waiting: ${missingSetting} is not set; messages: ${this.waiting}`;
    if (!this.isStarted) return 'delivered by another process';
    return this.lastError === null ? 'up' : `retrying: ${this.lastError}`;
  }

  private look(): void {
    if (!this.isStarted) return;
    if (this.running !== null) {
      this.isLookWanted = true;
      return;
    }
    this.running = this.deliverDue()
      .catch((error: unknown) => {
        this.options.logger.error({ error: (error as Error).message }, 'messages wait');
      })
      .finally(() => {
        this.running = null;
        const isWanted = this.isLookWanted;
        this.isLookWanted = false;
        if (isWanted) this.look();
      });
  }

  private async deliverDue(): Promise<void> {
    const { outbox, channel, transport } = this.options;
    if (transport === null) {
      this.waiting = await outbox.waiting(channel);
      return;
    }
    while (this.isStarted) {
      const taken = await outbox.take(channel, AT_ONCE);
      if (taken.length === 0) return;
      await Promise.all(taken.map((message) => this.deliver(message, transport)));
    }
  }

  private async deliver(message: TakenMessage, transport: MessageTransport): Promise<void> {
    const { outbox, clock, retryPausesMillis = RETRY_PAUSES_MILLIS } = this.options;
    const outcome = await this.attempt(message, transport);
    if (outcome.kind === 'accepted') {
      this.lastError = null;
      return outbox.sent(message, clock.now());
    }
    const error = errorLine(outcome.error);
    const pause = outcome.kind === 'refused' ? null : pauseAfter(message.tries, retryPausesMillis);
    this.lastError = outcome.kind === 'refused' ? null : error;
    if (pause !== null) return outbox.postponed(message, error, pause);
    const { messageId, attempts } = message;
    this.options.logger.warn({ messageId, attempts, error }, 'a message was not delivered');
    return outbox.failed(message, error);
  }

  private async attempt(
    message: TakenMessage,
    transport: MessageTransport,
  ): Promise<DeliveryOutcome> {
    const { messageId: id, subject } = message;
    let content;
    try {
      content = await openContent(this.options.keyring, id, message);
    } catch (error) {
      return { kind: 'refused', error: (error as Error).message };
    }
    let alarm: Alarm | undefined;
    const tooLong = new Promise<DeliveryOutcome>((resolve) => {
      alarm = this.options.timers.after(ATTEMPT_MILLIS, () =>
        resolve({ kind: 'not-now', error: 'no answer in time' }),
      );
    });
    const delivery = transport
      .deliver({ id, subject, ...content })
      .catch((error: unknown): DeliveryOutcome => ({ kind: 'not-now', error: String(error) }));
    try {
      return await Promise.race([delivery, tooLong]);
    } finally {
      alarm?.cancel();
    }
  }
}
