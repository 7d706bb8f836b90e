import { KafkaJSError } from './broker-errors';

/** A record as a producer sends it. */
export type SentRecord = { readonly key: string; readonly value: string };

type LastBatch = { readonly sequence: number; readonly count: number; readonly base: number };

/** One partition: records in the order of their offsets, and what idempotent producers sent last. */
export class BrokerPartition {
  readonly records: SentRecord[] = [];
  /** Wall time until which consumers are given nothing of it. */
  heldUntilWall = -Infinity;
  /** The same on the monotonic clock. */
  heldUntil = -Infinity;
  /** Offsets below it were given to somebody. */
  givenUpTo = 0;
  private readonly producers = new Map<number, LastBatch>();

  constructor(
    readonly topic: string,
    readonly partition: number,
  ) {}

  /** Takes a batch; one that comes again is answered as the first time. Gives its first offset. */
  append(producer: number, sequence: number, batch: readonly SentRecord[]): number {
    const last = this.producers.get(producer);
    if (last?.sequence === sequence) return last.base;
    if (sequence !== (last === undefined ? 0 : last.sequence + last.count))
      throw new KafkaJSError('the broker received an out of order sequence number');
    const base = this.records.length;
    this.records.push(...batch);
    this.producers.set(producer, { sequence, count: batch.length, base });
    return base;
  }

  /** Puts the newest record of a key before the one it follows, when nobody saw either yet. */
  disorder(): boolean {
    const { records } = this;
    const last = records.length - 1;
    for (let before = last - 1; before >= this.givenUpTo; before -= 1) {
      if (records[before]!.key !== records[last]!.key) continue;
      [records[before], records[last]] = [records[last]!, records[before]!];
      return true;
    }
    return false;
  }
}
