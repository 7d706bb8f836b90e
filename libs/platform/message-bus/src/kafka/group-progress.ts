import type { ConsumerGroups } from '../consumer-groups';
import type { KafkaTopics, PartitionBounds } from './kafka-topics';
import type { PartitionCheckpoints } from './partition-checkpoints';
import { RELAY_GROUP } from './relay';

/**
 * Tells how far along the log a group has come with certainty: everything up to there was taken, from
 * whichever partition. A partition that is read to its end counts up to where the relay stood before its
 * end was asked for; another one up to the last message it gave.
 */
export class GroupProgress {
  constructor(
    private readonly group: string,
    private readonly topicNames: readonly string[],
    private readonly groups: ConsumerGroups,
    private readonly checkpoints: PartitionCheckpoints,
    private readonly topics: KafkaTopics,
  ) {}

  /** Asks the brokers, unless the group has come as far as the relay. */
  async advance(): Promise<void> {
    const positions = await this.groups.positions();
    const relayed = positions.get(RELAY_GROUP) ?? 0;
    const passed = positions.get(this.group) ?? 0;
    if (relayed <= passed) return;
    const bounds = await this.topics.bounds(this.topicNames);
    const rows = await this.checkpoints.rows(this.group);
    const reached = (one: PartitionBounds): number => {
      const row = rows.find(
        ({ topic, partition }) => topic === one.topic && partition === one.partition,
      );
      return (row?.next_offset ?? 0) >= one.high ? relayed : (row?.position ?? 0);
    };
    const position = Math.min(relayed, ...bounds.map(reached));
    if (position > passed) await this.checkpoints.pass(this.group, position);
  }
}
