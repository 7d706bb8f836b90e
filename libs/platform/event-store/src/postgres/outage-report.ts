/** Where the store tells of outages; a pino logger is one. */
export type EventStoreLog = {
  info(message: string): void;
  warn(message: string): void;
};

/** Tells of an outage once when it begins and once when it is over, whoever notices first. */
export class OutageReport {
  private isDown = false;

  constructor(private readonly logger: EventStoreLog | undefined) {}

  down(): void {
    if (this.isDown) return;
    this.isDown = true;
    this.logger?.warn('the event log does not answer, subscriptions wait for it');
  }

  up(): void {
    if (!this.isDown) return;
    this.isDown = false;
    this.logger?.info('the event log is back, subscriptions read on');
  }
}
