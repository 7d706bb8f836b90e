/** The partitions of each topic that one member reads. */
export type Assignment = Readonly<Record<string, number[]>>;

export type Joined = {
  readonly memberId: string;
  readonly generation: number;
  readonly assignment: Assignment;
};

type Member = {
  readonly id: string;
  readonly topics: readonly string[];
  readonly sessionMillis: number;
  lastSeen: number;
};

/**
 * A consumer group: its partitions are shared out anew whenever a member comes, leaves or is silent
 * for longer than its session. Until the others hear of it they go on with what they had, so that a
 * partition may have two readers for a moment.
 */
export class BrokerGroup {
  private readonly members = new Map<string, Member>();
  private generation = 0;
  private count = 0;

  constructor(private readonly partitionsOf: (topic: string) => number) {}

  join(
    known: string | null,
    topics: readonly string[],
    sessionMillis: number,
    now: number,
  ): Joined {
    this.expire(now);
    const member = known === null ? undefined : this.members.get(known);
    if (member) {
      member.lastSeen = now;
      return this.partOf(member.id);
    }
    this.count += 1;
    const id = `member-${this.count}`;
    this.members.set(id, { id, topics, sessionMillis, lastSeen: now });
    this.generation += 1;
    return this.partOf(id);
  }

  leave(id: string): void {
    if (this.members.delete(id)) this.generation += 1;
  }

  /** A member shows that it lives. False when it has to ask for its part again. */
  isCurrent(id: string, generation: number, now: number): boolean {
    const member = this.members.get(id);
    if (member) member.lastSeen = now;
    this.expire(now);
    return this.members.has(id) && generation === this.generation;
  }

  private expire(now: number): void {
    for (const { id, lastSeen, sessionMillis } of [...this.members.values()])
      if (now - lastSeen > sessionMillis) this.leave(id);
  }

  /** Each generation shares out differently: more takeovers than a broker would have. */
  private partOf(memberId: string): Joined {
    const ids = [...this.members.keys()];
    const assignment: Record<string, number[]> = {};
    let place = this.generation;
    for (const topic of this.members.get(memberId)!.topics)
      for (let partition = 0; partition < this.partitionsOf(topic); partition += 1) {
        if (ids[place % ids.length] === memberId) (assignment[topic] ??= []).push(partition);
        place += 1;
      }
    return { memberId, generation: this.generation, assignment };
  }
}
