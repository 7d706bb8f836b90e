import type { Clock, Timers } from '@encaisse/platform/clock';
import type { Database } from '@encaisse/platform/postgres';
import type { Keyring } from '@encaisse/platform/security';
import { Delivery, type DeliveryLogger } from './delivery';
import type { Mailer, SmsSender } from './mailer';
import type { MessageChannel } from './message';
import { Outbox } from './outbox';
import { QueuedMailer, QueuedSmsSender } from './queued-mailer';
import './templates/index';
import { MessageRenderer, type Sender } from './templates/renderer';
import { mailTemplates } from './templates/template';
import type { MessageTransport } from './transport';

export type MessageServiceOptions = {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: DeliveryLogger;
  readonly sender: Sender;
  /** What delivers each channel; null keeps its messages waiting. */
  readonly mail: MessageTransport | null;
  readonly sms: MessageTransport | null;
  readonly retryPausesMillis?: readonly number[];
};

const MISSING_SETTING: Readonly<Record<MessageChannel, string>> = {
  MAIL: 'SMTP_URL',
  SMS: 'SMS_GATEWAY_URL',
};

/** Everything of one process that writes to people: what queues messages, and the worker that delivers them. */
export class MessageService {
  readonly name = 'messages.delivery';
  readonly isExclusive = true;
  readonly outbox: Outbox;
  readonly mailer: Mailer;
  readonly smsSender: SmsSender;
  private readonly deliveries: Readonly<Record<MessageChannel, Delivery>>;

  constructor(private readonly options: MessageServiceOptions) {
    const { database, clock, keyring } = options;
    this.outbox = new Outbox(database);
    this.deliveries = {
      MAIL: this.deliveryOf('MAIL', options.mail),
      SMS: this.deliveryOf('SMS', options.sms),
    };
    const parts = {
      ...{ database, clock, keyring, outbox: this.outbox },
      renderer: new MessageRenderer(mailTemplates, options.sender),
      wake: (channel: MessageChannel) => this.wake(channel),
    };
    this.mailer = new QueuedMailer(parts);
    this.smsSender = new QueuedSmsSender(parts);
  }

  /** As a worker: in one copy of the product at a time. */
  start(): Promise<void> {
    this.deliveries.MAIL.start();
    this.deliveries.SMS.start();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    await Promise.all([this.deliveries.MAIL.stop(), this.deliveries.SMS.stop()]);
  }

  /** Looks at the queue of a channel now, where this process delivers. */
  wake(channel: MessageChannel): void {
    this.deliveries[channel].wake();
  }

  condition(channel: MessageChannel): string {
    return this.deliveries[channel].condition();
  }

  /** Lets go of connections; nothing is sent afterwards. */
  async close(): Promise<void> {
    await this.options.mail?.close();
    await this.options.sms?.close();
  }

  private deliveryOf(channel: MessageChannel, transport: MessageTransport | null): Delivery {
    const { keyring, clock, timers, logger, retryPausesMillis } = this.options;
    return new Delivery({
      ...{ channel, transport, keyring, clock, timers, logger, outbox: this.outbox },
      missingSetting: MISSING_SETTING[channel],
      ...(retryPausesMillis === undefined ? {} : { retryPausesMillis }),
    });
  }
}
