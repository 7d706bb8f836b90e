import type { SqlSession } from '@encaisse/platform/postgres';
import type { ConsumerGroups, PlacedMessage } from './consumer-groups';

/** How far a consumer group has come along one line of messages, kept in the database. */
export abstract class Checkpoint {
  /** Where it stands, no other copy moving it until the transaction ends. */
  abstract lock(session: SqlSession): Promise<number>;
  /** False when it is not where the caller left it: another copy moved it. */
  abstract advance(
    from: number,
    to: number,
    messages: readonly PlacedMessage[],
    session: SqlSession,
  ): Promise<boolean>;
  /** Those of the messages that were not taken before. */
  abstract untaken(
    messages: readonly PlacedMessage[],
    session: SqlSession,
  ): Promise<readonly PlacedMessage[]>;
}

/** The whole log as one line: its position says all, and nothing comes twice. */
export class LogCheckpoint extends Checkpoint {
  constructor(
    private readonly group: string,
    private readonly groups: ConsumerGroups,
  ) {
    super();
  }

  override lock(session: SqlSession): Promise<number> {
    return this.groups.lock(this.group, session);
  }

  override advance(
    from: number,
    to: number,
    _messages: readonly PlacedMessage[],
    session: SqlSession,
  ): Promise<boolean> {
    return this.groups.advance(this.group, from, to, session);
  }

  override untaken(messages: readonly PlacedMessage[]): Promise<readonly PlacedMessage[]> {
    return Promise.resolve(messages);
  }
}
