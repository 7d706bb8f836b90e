import type { Database, SqlSession } from '@encaisse/platform/postgres';
import { Checkpoint } from '../checkpoint';
import type { PlacedMessage } from '../consumer-groups';

export type PartitionPlace = { readonly topic: string; readonly partition: number };

type PartitionRow = PartitionPlace & { readonly next_offset: number; readonly position: number };

/**
 * One partition as a line of messages. Its place in the topic is kept in the database and not trusted to
 * the broker; what comes twice is known by its id, or by a position the whole group has passed.
 */
export class PartitionCheckpoint extends Checkpoint {
  private passed = 0;

  constructor(
    private readonly group: string,
    private readonly place: PartitionPlace,
  ) {
    super();
  }

  /** The group's row is shared with its other partitions, and kept from a replay of parked messages. */
  override async lock(session: SqlSession): Promise<number> {
    const { topic, partition } = this.place;
    const [row] = await session.query<{ passed: number; next_offset: number }>(
      `select g.position as passed, p.next_offset
       from bus.consumer_groups g join bus.partitions p using (group_name)
       where p.group_name = $1 and p.topic = $2 and p.partition = $3
       for share of g for update of p`,
      [this.group, topic, partition],
    );
    this.passed = row?.passed ?? 0;
    return row?.next_offset ?? 0;
  }

  override async untaken(
    messages: readonly PlacedMessage[],
    session: SqlSession,
  ): Promise<readonly PlacedMessage[]> {
    const ahead = messages.filter(({ position }) => position > this.passed);
    if (ahead.length === 0) return [];
    const rows = await session.query<{ message_id: string }>(
      `insert into bus.inbox (group_name, message_id, position)
       select $1, id, position from unnest($2::text[], $3::bigint[]) as taken (id, position)
       on conflict do nothing returning message_id`,
      [
        this.group,
        ahead.map(({ message }) => message.id),
        ahead.map(({ position }) => String(position)),
      ],
    );
    const first = new Set(rows.map(({ message_id }) => message_id));
    return ahead.filter(({ message }) => first.delete(message.id));
  }

  override async advance(
    from: number,
    to: number,
    messages: readonly PlacedMessage[],
    session: SqlSession,
  ): Promise<boolean> {
    // The event of the last message may have others that come with the next stretch.
    const behind = (messages.at(-1)?.position ?? 1) - 1;
    const rows = await session.query(
      `update bus.partitions
       set next_offset = $5, position = greatest(position, $6), moved_at = clock_timestamp()
       where group_name = $1 and topic = $2 and partition = $3 and next_offset = $4
       returning group_name`,
      [this.group, this.place.topic, this.place.partition, from, to, behind],
    );
    return rows.length === 1;
  }
}

/** The rows of all the partitions of consumer groups. */
export class PartitionCheckpoints {
  constructor(private readonly database: Database) {}

  /** Where a group stands in some partitions; a partition it never read begins with its first record. */
  async offsets(
    group: string,
    topic: string,
    partitions: readonly number[],
  ): Promise<ReadonlyMap<number, number>> {
    await this.database.query(
      `insert into bus.partitions (group_name, topic, partition, next_offset, position)
       select $1, $2, partition, 0, 0 from unnest($3::integer[]) as one (partition)
       on conflict do nothing`,
      [group, topic, partitions],
    );
    const rows = await this.rows(group);
    const mine = rows.filter((row) => row.topic === topic && partitions.includes(row.partition));
    return new Map(mine.map(({ partition, next_offset }) => [partition, next_offset]));
  }

  rows(group: string): Promise<PartitionRow[]> {
    return this.database.query<PartitionRow>(
      'select topic, partition, next_offset, position from bus.partitions where group_name = $1',
      [group],
    );
  }

  /**
   * Notes that a group took everything up to a position of the log. What comes again from before it is
   * known by that, so that the ids are let go.
   */
  async pass(group: string, position: number): Promise<void> {
    await this.database.transaction(async (session) => {
      await session.query(
        `update bus.consumer_groups set position = $2, moved_at = clock_timestamp()
         where group_name = $1 and position < $2`,
        [group, position],
      );
      await session.query('delete from bus.inbox where group_name = $1 and position <= $2', [
        group,
        position,
      ]);
    });
  }
}
