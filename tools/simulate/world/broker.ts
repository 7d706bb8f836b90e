import { KafkaJSError, Rebalanced } from './broker-errors';
import { BrokerGroup, type Joined } from './broker-group';
import { BrokerPartition, type SentRecord } from './broker-partition';
import type { Chance } from './chance';
import type { Conditions } from './conditions';
import type { Machine } from './machine';

export type Place = { readonly topic: string; readonly partition: number };
export type Wanted = Place & { readonly offset: number };
export type Fetched = Wanted & { readonly records: readonly SentRecord[] };
export type Membership = {
  readonly group: string;
  readonly memberId: string;
  readonly generation: number;
};

const HOUR_MILLIS = 3_600_000;
const MOST_RECORDS = 100;
/** In hostile mode nothing is given out while it may still be put out of order. */
const HOSTILE_WAIT_MILLIS = 3000;

/** One Kafka broker: topics, idempotent producers, consumer groups, and its faults. */
export class SimulatedBroker {
  /** Records of one key are put out of order, which no broker does: the checks must see it. */
  isHostile = false;
  private readonly topics = new Map<string, BrokerPartition[]>();
  private readonly groups = new Map<string, BrokerGroup>();
  private waiting: (() => void)[] = [];
  private producerCount = 0;
  private downUntilWall = -Infinity;

  constructor(
    private readonly machine: Machine,
    private readonly conditions: Conditions,
    private readonly chance: Chance,
  ) {}

  topicNames(): readonly string[] {
    this.refuseWhenDown();
    return [...this.topics.keys()];
  }

  /** Makes a topic unless it is there. */
  create(topic: string, partitions: number): void {
    this.refuseWhenDown();
    if (this.topics.has(topic)) return;
    const all = Array.from({ length: partitions }, (_, index) => new BrokerPartition(topic, index));
    this.topics.set(topic, all);
  }

  partitions(topic: string): readonly BrokerPartition[] {
    this.refuseWhenDown();
    const found = this.topics.get(topic);
    if (!found) throw new KafkaJSError('this server does not host this topic-partition');
    return found;
  }

  newProducer(): number {
    this.refuseWhenDown();
    this.producerCount += 1;
    return this.producerCount;
  }

  /** Stores a batch and gives its first offset. The answer may be lost on its way. */
  produce(
    producer: number,
    sequence: number,
    { topic, partition }: Place,
    batch: readonly SentRecord[],
  ): number {
    const found = this.partitions(topic)[partition]!;
    const base = found.append(producer, sequence, batch);
    this.machine.touch();
    if (this.isHostile) {
      found.disorder();
      found.heldUntil = this.machine.now + HOSTILE_WAIT_MILLIS;
    }
    this.wake();
    if (this.conditions.strikes('F5', this.conditions.duplicates))
      throw new KafkaJSError('the connection ended before the answer');
    return base;
  }

  join(group: string, known: string | null, topics: readonly string[], session: number): Joined {
    this.refuseWhenDown();
    let found = this.groups.get(group);
    if (!found) {
      found = new BrokerGroup((topic) => this.topics.get(topic)?.length ?? 0);
      this.groups.set(group, found);
    }
    return found.join(known, topics, session, this.machine.now);
  }

  leave({ group, memberId }: Membership): void {
    this.refuseWhenDown();
    this.groups.get(group)?.leave(memberId);
  }

  heartbeat({ group, memberId, generation }: Membership): void {
    this.refuseWhenDown();
    if (!this.groups.get(group)!.isCurrent(memberId, generation, this.machine.now))
      throw new Rebalanced('the group is rebalancing');
  }

  /** What a member may read from some offsets on; waits a while when there is nothing. */
  async fetch(
    member: Membership,
    wanted: readonly Wanted[],
    maxWaitMillis: number,
  ): Promise<readonly Fetched[]> {
    this.heartbeat(member);
    const found = this.take(wanted);
    if (found.length > 0) return found;
    await new Promise<void>((resolve) => {
      this.waiting.push(resolve);
      this.machine.in(maxWaitMillis, null, resolve);
    });
    this.heartbeat(member);
    return this.take(wanted);
  }

  /** F8: nobody is answered for a second to a day. */
  goDown(): void {
    this.conditions.count('F8');
    this.downUntilWall = this.machine.wall + this.chance.spread(1000, 24 * HOUR_MILLIS);
    this.machine.atWall(Math.ceil(this.downUntilWall), () => undefined);
    this.wake();
  }

  /** F7: what one partition holds comes up to three days late. */
  delay(): void {
    const all = [...this.topics.values()].flat();
    if (all.length === 0) return;
    this.conditions.count('F7');
    const until = this.machine.wall + this.chance.spread(1000, 72 * HOUR_MILLIS);
    this.chance.one(all).heldUntilWall = until;
    this.machine.atWall(Math.ceil(until), () => undefined);
  }

  heal(): void {
    this.downUntilWall = -Infinity;
    for (const partition of [...this.topics.values()].flat()) partition.heldUntilWall = -Infinity;
    this.wake();
  }

  private refuseWhenDown(): void {
    if (this.machine.wall < this.downUntilWall)
      throw new KafkaJSError('connect ECONNREFUSED: the simulated broker is down');
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** Partitions come in any order, each its records in theirs. */
  private take(wanted: readonly Wanted[]): Fetched[] {
    const found: Fetched[] = [];
    for (const one of this.chance.some(wanted, wanted.length)) {
      const partition = this.partitions(one.topic)[one.partition]!;
      if (partition.records.length <= one.offset || this.isHeld(partition)) continue;
      const end = one.offset + this.chance.whole(1, MOST_RECORDS);
      const records = partition.records.slice(one.offset, end);
      partition.givenUpTo = Math.max(partition.givenUpTo, one.offset + records.length);
      found.push({ ...one, records });
    }
    return found;
  }

  /** F6: a partition with records to give falls behind the others for a while. */
  private isHeld(partition: BrokerPartition): boolean {
    const { machine, conditions } = this;
    if (machine.now < partition.heldUntil || machine.wall < partition.heldUntilWall) return true;
    if (!conditions.strikes('F6', conditions.reorder)) return false;
    partition.heldUntil = machine.now + this.chance.spread(10, 5000);
    return true;
  }
}
