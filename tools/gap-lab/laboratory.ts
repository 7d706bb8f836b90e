/** How hard the laboratory tries. */
export type Conditions = {
  readonly url: string;
  readonly writers: number;
  readonly seconds: number;
  /** Milliseconds between a write and its commit, drawn anew for each transaction. */
  readonly commitDelay: { readonly from: number; readonly to: number };
};

/** An event as a reader meets it. */
export type Seen = { readonly id: string; readonly stream: string; readonly version: number };

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

/** Compares what a reader saw with what was committed. */
export function judge(
  design: string,
  committed: ReadonlySet<string>,
  seen: readonly Seen[],
  isDense: boolean | null,
): Finding {
  const met = new Set(seen.map(({ id }) => id));
  const lost = [...committed].filter((id) => !met.has(id)).length;
  const newest = new Map<string, number>();
  let inverted = 0;
  for (const { stream, version } of seen) {
    const before = newest.get(stream) ?? -1;
    if (version < before) inverted += 1;
    newest.set(stream, Math.max(before, version));
  }
  return { design, appended: committed.size, lost, inverted, isDense };
}

/** Runs writers for a time while a reader follows, then lets the reader reach the end. */
export async function contest(
  { writers, seconds }: Conditions,
  write: (writer: number) => Promise<void>,
  follow: (isOver: () => boolean) => Promise<void>,
): Promise<void> {
  let isOver = false;
  const following = follow(() => isOver);
  const end = performance.now() + seconds * 1_000;
  const writer = async (number: number): Promise<void> => {
    while (performance.now() < end) await write(number);
  };
  await Promise.all(Array.from({ length: writers }, (_, number) => writer(number)));
  isOver = true;
  await following;
}

export function randomDelay({ commitDelay: { from, to } }: Conditions): number {
  return (from + Math.random() * (to - from)) / 1_000;
}
