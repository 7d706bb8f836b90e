import type { Database, SqlSession } from '@encaisse/platform/postgres';
import { CheckpointTaken, EffectFailed, isWaitedOut } from './bus-errors';
import type { Checkpoint } from './checkpoint';
import type { ConsumerGroups, PlacedMessage } from './consumer-groups';
import type { Gate } from './gate';
import type { Consumer } from './message-bus';

/** What is to be done with the messages of one stretch of a line of messages. */
export type Stretch = {
  readonly checkpoint: Checkpoint;
  readonly from: number;
  readonly to: number;
  readonly messages: readonly PlacedMessage[];
};

/** A message that is set aside after its last try. */
export type Refused = {
  readonly placed: PlacedMessage;
  readonly attempts: number;
  readonly error: unknown;
};

/** The message whose effect failed. */
export class MessageFailed extends EffectFailed {
  constructor(
    readonly placed: PlacedMessage,
    cause: unknown,
  ) {
    super(cause);
  }
}

const BROKEN_TRANSACTION = '25P02';

/** Runs effects: each with the checkpoint that says it is done, in one SQL transaction. */
export class MessageTaker {
  constructor(
    readonly consumer: Consumer,
    private readonly groups: ConsumerGroups,
    private readonly database: Database,
    private readonly gate: Gate,
  ) {}

  /**
   * Takes the messages of a stretch and moves the checkpoint to its end, all or nothing. Messages whose
   * key has parked ones, and the refused one, are parked in their order. Throws MessageFailed naming the
   * message whose effect failed, CheckpointTaken when another copy was faster.
   */
  async take(stretch: Stretch, refused?: Refused): Promise<void> {
    const { checkpoint, from, to, messages } = stretch;
    await this.inTransaction(async (session) => {
      if ((await checkpoint.lock(session)) !== from) throw new CheckpointTaken();
      const last = await this.runEffects(stretch, refused, session);
      await this.finish(last, async () => {
        if (!(await checkpoint.advance(from, to, messages, session))) throw new CheckpointTaken();
      });
    });
  }

  /** Takes the oldest parked message of a key. Null when none is left. */
  async takeParked(key: string): Promise<PlacedMessage | null> {
    const { group } = this.consumer;
    return this.inTransaction(async (session) => {
      await this.groups.lock(group, session);
      const placed = await this.groups.oldestParked(group, key, session);
      if (!placed) return null;
      await this.runEffect(placed, session);
      await this.finish(placed, () => this.groups.removeParked(group, placed, session));
      return placed;
    });
  }

  /** Gives the last message whose effect was run. */
  private async runEffects(
    { checkpoint, messages }: Stretch,
    refused: Refused | undefined,
    session: SqlSession,
  ): Promise<PlacedMessage | undefined> {
    const { group } = this.consumer;
    const parkedKeys = await this.groups.parkedKeys(group, session);
    let last: PlacedMessage | undefined;
    for (const placed of await checkpoint.untaken(messages, session)) {
      const { key } = placed.message;
      if (placed === refused?.placed) {
        await this.groups.park(group, placed, refused.attempts, refused.error, session);
        parkedKeys.add(key);
      } else if (parkedKeys.has(key)) await this.groups.park(group, placed, 0, null, session);
      else await this.runEffect((last = placed), session);
    }
    return last;
  }

  /** Effects may use connections of the pool too, so transactions never take all of them. */
  private inTransaction<Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result> {
    return this.gate.run(() => this.database.transaction(work));
  }

  private async runEffect(placed: PlacedMessage, session: SqlSession): Promise<void> {
    try {
      await this.consumer.handle(placed.message, session);
    } catch (error) {
      throw isWaitedOut(error) ? error : new MessageFailed(placed, error);
    }
  }

  /** An effect that hides an SQL error leaves a transaction that can only be rolled back. */
  private async finish(last: PlacedMessage | undefined, save: () => Promise<void>): Promise<void> {
    try {
      await save();
    } catch (error) {
      if (last && (error as { code?: unknown }).code === BROKEN_TRANSACTION)
        throw new MessageFailed(last, error);
      throw error;
    }
  }
}
