import { instantOfEpochMillis } from '@encaisse/kernel';
import type { Database, SqlSession } from '@encaisse/platform/postgres';
import { redactCardNumbers } from '@encaisse/platform/security';
import type { Message, ParkedMessage } from './message-bus';

/** A message with its place: the position of its event and its number among that event's messages. */
export type PlacedMessage = {
  readonly position: number;
  readonly ordinal: number;
  readonly message: Message;
};

export type ParkedSelection = {
  readonly group?: string | undefined;
  readonly key?: string | undefined;
};

type ParkedRow = {
  readonly group_name: string;
  readonly position: number;
  readonly ordinal: number;
  readonly message: Message;
  readonly attempts: number;
  readonly error: string | null;
  readonly parked_at: Date;
};

const LONGEST_ERROR = 2000;

/** The rows of consumer groups: where they stand, and what waits for an operator. */
export class ConsumerGroups {
  constructor(private readonly database: Database) {}

  async create(group: string, position: number): Promise<void> {
    await this.database.query(
      `insert into bus.consumer_groups (group_name, position) values ($1, $2)
       on conflict (group_name) do nothing`,
      [group, position],
    );
  }

  async positions(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.database.query<{ group_name: string; position: number }>(
      'select group_name, position from bus.consumer_groups',
    );
    return new Map(rows.map((row) => [row.group_name, row.position]));
  }

  async positionOf(group: string): Promise<number> {
    return (await this.positions()).get(group) ?? 0;
  }

  /** Keeps every other copy of the group out until the transaction ends. */
  async lock(group: string, session: SqlSession): Promise<number> {
    const [row] = await session.query<{ position: number }>(
      'select position from bus.consumer_groups where group_name = $1 for update',
      [group],
    );
    return row?.position ?? 0;
  }

  /** Moves the checkpoint. False when it is not where the caller left it: another copy moved it. */
  async advance(group: string, from: number, to: number, session: SqlSession): Promise<boolean> {
    const rows = await session.query(
      `update bus.consumer_groups set position = $3, moved_at = clock_timestamp()
       where group_name = $1 and position = $2 returning group_name`,
      [group, from, to],
    );
    return rows.length === 1;
  }

  /** The same outside a transaction. */
  move(group: string, from: number, to: number): Promise<boolean> {
    return this.advance(group, from, to, this.database);
  }

  /** To be asked in a statement after the lock, so that it sees what the last holder committed. */
  async parkedKeys(group: string, session: SqlSession): Promise<Set<string>> {
    const rows = await session.query<{ key: string }>(
      'select distinct key from bus.parked where group_name = $1',
      [group],
    );
    return new Set(rows.map(({ key }) => key));
  }

  async park(
    group: string,
    placed: PlacedMessage,
    attempts: number,
    error: unknown,
    session: SqlSession,
  ): Promise<void> {
    const { position, ordinal, message } = placed;
    await session.query(
      `insert into bus.parked (group_name, position, ordinal, key, message, attempts, error)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        group,
        position,
        ordinal,
        message.key,
        JSON.stringify(message),
        attempts,
        error === null ? null : errorText(error),
      ],
    );
  }

  async parked({ group, key }: ParkedSelection = {}): Promise<ParkedMessage[]> {
    const rows = await this.database.query<ParkedRow>(
      `select group_name, position, ordinal, message, attempts, error, parked_at from bus.parked
       where ($1::text is null or group_name = $1) and ($2::text is null or key = $2)
       order by group_name, position, ordinal`,
      [group ?? null, key ?? null],
    );
    return rows.map((row) => ({
      group: row.group_name,
      message: row.message,
      position: row.position,
      attempts: row.attempts,
      error: row.error,
      parkedAt: instantOfEpochMillis(row.parked_at.getTime()),
    }));
  }

  async parkedCounts(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.database.query<{ group_name: string; count: number }>(
      'select group_name, count(*) as count from bus.parked group by group_name',
    );
    return new Map(rows.map((row) => [row.group_name, row.count]));
  }

  /** The oldest parked message of a key, held until the transaction ends. */
  async oldestParked(
    group: string,
    key: string,
    session: SqlSession,
  ): Promise<PlacedMessage | null> {
    const [row] = await session.query<ParkedRow>(
      `select position, ordinal, message from bus.parked where group_name = $1 and key = $2
       order by position, ordinal limit 1 for update`,
      [group, key],
    );
    return row ? { position: row.position, ordinal: row.ordinal, message: row.message } : null;
  }

  async removeParked(group: string, placed: PlacedMessage, session: SqlSession): Promise<void> {
    await session.query(
      'delete from bus.parked where group_name = $1 and position = $2 and ordinal = $3',
      [group, placed.position, placed.ordinal],
    );
  }

  async failedAgain(group: string, placed: PlacedMessage, error: unknown): Promise<void> {
    await this.database.query(
      `update bus.parked set attempts = attempts + 1, error = $4
       where group_name = $1 and position = $2 and ordinal = $3`,
      [group, placed.position, placed.ordinal, errorText(error)],
    );
  }
}

/** What an operator needs to see of an error, without what must not be shown. */
function errorText(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return redactCardNumbers(text).slice(0, LONGEST_ERROR);
}
