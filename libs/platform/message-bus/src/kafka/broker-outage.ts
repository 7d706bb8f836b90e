import { BusRefused } from '../bus-errors';
import type { BusLogger } from '../line-of-messages';

/** Whether brokers answer, told once when it changes and not with every try. */
export class BrokerOutage {
  private reason: string | null = null;
  private refusal: string | null = null;
  private hasBeenReached = false;

  constructor(private readonly logger: BusLogger) {}

  /** A broker answered. */
  over(): void {
    if (this.reason !== null) this.logger.info({}, 'a Kafka broker answers again');
    this.reason = null;
    this.hasBeenReached = true;
  }

  /** A broker did not answer, or not as it should. */
  began(error: Error): void {
    if (error instanceof BusRefused) {
      if (this.refusal === null) this.logger.error({}, error.message);
      this.refusal = error.message;
      return;
    }
    if (this.reason === null)
      this.logger.error(
        { error: error.message },
        'no Kafka broker answers: messages wait in the log, nothing is lost',
      );
    this.reason = error.message;
  }

  /** For readiness: down until brokers were reached once, then only told. */
  condition(): string {
    if (this.refusal !== null) return `down: ${this.refusal}`;
    if (this.reason !== null)
      return `${this.hasBeenReached ? 'waiting' : 'down'}: no Kafka broker answers (${this.reason})`;
    return this.hasBeenReached ? 'up' : 'down: no Kafka broker was reached yet';
  }
}
