/** How hard the laboratory tries. */
export type Conditions = {
  readonly url: string;
  readonly writers: number;
  /** Ends the writing after so long … */
  readonly seconds: number;
  /** … or, where it is given, after so many appends instead. */
  readonly appends?: number | undefined;
  /** Fewer streams let writers meet more often; a batch holds each stream once. */
  readonly streams?: number | undefined;
  /** Milliseconds between a write and its commit, drawn anew for each transaction. */
  readonly commitDelay: { readonly from: number; readonly to: number };
  /** Told now and then how many appends were acknowledged. */
  readonly onProgress?: ((appended: number) => void) | undefined;
};

/** What one design did under the conditions. */
export type Finding = {
  readonly design: string;
  readonly appended: number;
  /** Committed, and never shown to a reader that followed the log to its end. */
  readonly lost: number;
  /** Shown after a later event of the same stream. */
  readonly inverted: number;
  /** Positions are 1, 2, 3 … to the number of events; null where the design does not promise it. */
  readonly isDense: boolean | null;
};

/** Few streams, so that writers meet in them. */
export const STREAMS = 5;

const PROGRESS_MILLIS = 1_000;

/** Numbers that are in or out, at one bit each: ten million events have to be told apart. */
export class NumberSet {
  private bits = new Uint8Array(1 << 16);
  private count = 0;

  get size(): number {
    return this.count;
  }

  add(number: number): void {
    const place = number >>> 3;
    while (place >= this.bits.length) {
      const larger = new Uint8Array(this.bits.length * 2);
      larger.set(this.bits);
      this.bits = larger;
    }
    const mask = 1 << (number & 7);
    if ((this.bits[place]! & mask) !== 0) return;
    this.bits[place]! |= mask;
    this.count += 1;
  }

  has(number: number): boolean {
    return ((this.bits[number >>> 3] ?? 0) & (1 << (number & 7))) !== 0;
  }

  /** How many of these are not in the other. */
  missingIn(other: NumberSet): number {
    let missing = 0;
    for (const [place, byte] of this.bits.entries()) {
      for (let rest = byte & ~(other.bits[place] ?? 0); rest !== 0; rest &= rest - 1) missing += 1;
    }
    return missing;
  }
}

/** What one reader saw, as it saw it. */
export class Sighting {
  private readonly seen = new NumberSet();
  private readonly newest = new Map<string, number>();
  private inverted = 0;

  get count(): number {
    return this.seen.size;
  }

  see(event: number, stream: string, version: number): void {
    this.seen.add(event);
    const before = this.newest.get(stream) ?? -1;
    if (version < before) this.inverted += 1;
    this.newest.set(stream, Math.max(before, version));
  }

  /** Compares what was seen with what was committed. */
  judge(design: string, committed: NumberSet, isDense: boolean | null): Finding {
    const lost = committed.missingIn(this.seen);
    return { design, appended: committed.size, lost, inverted: this.inverted, isDense };
  }
}

/** Runs writers for a time while readers follow, then lets the readers reach the end. */
export async function contest(
  { writers, seconds, appends, onProgress }: Conditions,
  committed: NumberSet,
  write: (writer: number) => Promise<void>,
  follow: (isOver: () => boolean) => Promise<void>,
): Promise<void> {
  let isOver = false;
  const following = follow(() => isOver);
  const end = performance.now() + seconds * 1_000;
  const isOpen = (): boolean =>
    appends === undefined ? performance.now() < end : committed.size < appends;
  const writer = async (number: number): Promise<void> => {
    while (isOpen()) await write(number);
  };
  const telling = setInterval(() => onProgress?.(committed.size), PROGRESS_MILLIS);
  try {
    await Promise.all(Array.from({ length: writers }, (_, number) => writer(number)));
  } finally {
    clearInterval(telling);
    isOver = true;
  }
  await following;
}

export function randomDelay({ commitDelay: { from, to } }: Conditions): number {
  return (from + Math.random() * (to - from)) / 1_000;
}

export function randomStream(streams = STREAMS): number {
  return Math.floor(Math.random() * streams);
}
