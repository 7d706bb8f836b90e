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
    const { first, last } = reachOf(ahead);
    // Records come in the order of the log, unless they come again: mostly nothing is found.
    const rows = await session.query<{ ids: string }>(
      `select ids from bus.taken
       where group_name = $1 and topic in ($2, '') and partition in ($3, -1)
         and last_position >= $4 and first_position <= $5`,
      [this.group, this.place.topic, this.place.partition, first, last],
    );
    const known = new Set(rows.flatMap(({ ids }) => ids.split(SEPARATOR)));
    return ahead.filter(({ message: { id } }) => {
      if (known.has(id)) return false;
      known.add(id);
      return true;
    });
  }

  override async advance(
    from: number,
    to: number,
    messages: readonly PlacedMessage[],
    session: SqlSession,
  ): Promise<boolean> {
    // The event of the last message may have others that come with the next stretch.
    const behind = (messages.at(-1)?.position ?? 1) - 1;
    const move = `update bus.partitions
       set next_offset = $5, position = greatest(position, $6), moved_at = clock_timestamp()
       where group_name = $1 and topic = $2 and partition = $3 and next_offset = $4
       returning group_name`;
    const { topic, partition } = this.place;
    const place = [this.group, topic, partition, from, to, behind];
    if (messages.length === 0) return (await session.query(move, place)).length === 1;
    const { first, last } = reachOf(messages);
    const rows = await session.query(
      `with moved as (${move})
       insert into bus.taken (group_name, topic, partition, first_position, last_position, ids)
       select $1, $2, $3, $7::bigint, $8::bigint, $9 from moved returning group_name`,
      [...place, first, last, messages.map(({ message }) => message.id).join(SEPARATOR)],
    );
    return rows.length === 1;
  }
}

/** Stands in no id: they are UUIDs, or what CloudEvents allows without a space. */
const SEPARATOR = ' ';

/** The least and the greatest position of some messages, at least one. */
function reachOf(messages: readonly PlacedMessage[]): { first: number; last: number } {
  let [first, last] = [Infinity, 0];
  for (const { position } of messages) {
    first = Math.min(first, position);
    last = Math.max(last, position);
  }
  return { first, last };
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
      await session.query('delete from bus.taken where group_name = $1 and last_position <= $2', [
        group,
        position,
      ]);
    });
  }
}
