import { setTimeout as wait } from 'node:timers/promises';
import type { Checkpoint } from './checkpoint';
import type { PlacedMessage } from './consumer-groups';
import { MessageFailed, type MessageTaker, type Refused } from './message-taker';

/** The few log calls the bus makes; pino satisfies it. */
export type BusLogger = {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
};

/** Messages that are taken together, and where the checkpoint stands after them. */
export type Step = {
  readonly to: number;
  readonly messages: readonly PlacedMessage[];
};

export type LineParts = {
  readonly checkpoint: Checkpoint;
  readonly taker: MessageTaker;
  readonly logger: BusLogger;
  /** Pauses between the tries of a message; one more try than pauses, then it is parked. */
  readonly retryDelaysMillis: readonly number[];
  /** Aborted when nothing new is to be begun. */
  readonly stopping: AbortSignal;
  /** Told that messages went through, or that one is tried again. */
  onState(state: 'live' | 'retrying'): void;
};

/**
 * Takes the messages of one line in their order: many in one transaction, step by step when an effect
 * fails, so that a message that cannot be taken is parked and the others go on (P4, P5).
 */
export class LineOfMessages {
  constructor(
    private readonly parts: LineParts,
    /** Where the checkpoint stands, as far as this copy knows. */
    private at: number,
  ) {}

  get position(): number {
    return this.at;
  }

  /** Somebody else's or a quiet move of the checkpoint. */
  moveTo(position: number): void {
    this.at = position;
  }

  /** Throws CheckpointTaken when another copy was faster, and what is to be waited out. */
  async take(steps: readonly Step[]): Promise<void> {
    try {
      await this.takeAll(steps);
      return;
    } catch (error) {
      if (!(error instanceof MessageFailed)) throw error;
    }
    for (const step of steps) {
      if (this.parts.stopping.aborted) return;
      await this.takeWithRetries(step);
    }
  }

  private async takeAll(steps: readonly Step[], refused?: Refused): Promise<void> {
    const to = steps.at(-1)?.to ?? this.at;
    const { checkpoint, taker } = this.parts;
    const messages = steps.flatMap((step) => step.messages);
    await taker.take({ checkpoint, from: this.at, to, messages }, refused);
    this.at = to;
    this.parts.onState('live');
  }

  private async takeWithRetries(step: Step): Promise<void> {
    const { retryDelaysMillis, stopping } = this.parts;
    for (let attempts = 1; !stopping.aborted; attempts += 1) {
      try {
        await this.takeAll([step]);
        return;
      } catch (error) {
        if (!(error instanceof MessageFailed)) throw error;
        const delay = retryDelaysMillis[attempts - 1];
        if (delay === undefined) {
          await this.park(step, { placed: error.placed, attempts, error: error.cause });
          return;
        }
        this.parts.onState('retrying');
        await wait(delay, undefined, { signal: stopping }).catch(() => undefined);
      }
    }
  }

  private async park(step: Step, refused: Refused): Promise<void> {
    await this.takeAll([step], refused);
    const { message } = refused.placed;
    this.parts.logger.error(
      {
        group: this.parts.taker.consumer.group,
        messageId: message.id,
        messageType: message.type,
        key: message.key,
        attempts: refused.attempts,
        error: refused.error instanceof Error ? refused.error.message : String(refused.error),
      },
      'a message is parked; later ones of its key wait behind it (npx encaisse parked list)',
    );
  }
}
