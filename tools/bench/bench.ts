/** One figure of ours beside its peer's, from the same run on the same machine. */
export type Row = {
  /** What is measured, the same text in every run. */
  readonly measure: string;
  readonly ours: number;
  readonly peer: string;
  readonly peerFigure: number;
  readonly unit: string;
  /** What the goal is about: ours by the peer's, or the peer's by ours for times and sizes. */
  readonly ratio: number;
  readonly goal: { readonly atLeast: number } | { readonly atMost: number };
};

/** What a bench is given. */
export type BenchContext = {
  /** A new empty database on the server of this run; removed by the runner. */
  createDatabase(this: void): Promise<string>;
  /** Seconds each side of a comparison is measured for. */
  readonly seconds: number;
  /** Transactions of the big log that is searched, counted, exported and rebuilt. */
  readonly transactions: number;
  /** Transactions that are due when a telecollection begins. */
  readonly due: number;
  /** Tells the person at the terminal what is going on. */
  say(this: void, text: string): void;
};

/** A comparison of `npm run bench`. One call is one run. */
export type Bench = {
  readonly name: string;
  run(this: void, context: BenchContext): Promise<Row[]>;
};

/** Latencies in milliseconds, and how to ask them. */
export class Latencies {
  private readonly values: number[] = [];

  add(milliseconds: number): void {
    this.values.push(milliseconds);
  }

  get count(): number {
    return this.values.length;
  }

  percentile(percent: number): number {
    const sorted = [...this.values].sort((left, right) => left - right);
    return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0;
  }
}

export type Throughput = { readonly perSecond: number; readonly latencies: Latencies };

/** Runs as many writers as asked, each sending its next request when the last was answered. */
export async function closedLoop(
  writers: number,
  seconds: number,
  request: () => Promise<void>,
): Promise<Throughput> {
  const latencies = new Latencies();
  const started = performance.now();
  const end = started + seconds * 1_000;
  const writer = async (): Promise<void> => {
    for (let now = performance.now(); now < end;) {
      await request();
      const after = performance.now();
      latencies.add(after - now);
      now = after;
    }
  };
  await Promise.all(Array.from({ length: writers }, writer));
  const elapsed = (performance.now() - started) / 1_000;
  return { perSecond: latencies.count / elapsed, latencies };
}

/** The middle one of some values, at least one, or halfway between the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? sorted[Math.floor(middle)]!
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
