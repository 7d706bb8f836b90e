import { createHash } from 'node:crypto';
import { Client } from 'pg';

/** An event as the table of the log holds it. */
export type LoggedEvent = {
  readonly position: number;
  readonly streamId: string;
  readonly version: number;
  readonly type: string;
  readonly eventId: string;
  readonly data: Readonly<Record<string, unknown>>;
};

type Row = {
  readonly position: string;
  readonly stream_id: string;
  readonly version: string;
  readonly type: string;
  readonly event_id: string;
  readonly body: string;
  readonly leaf_hash: Buffer;
};

const PAGE = 5_000;

/** Reads the table itself, past every program of the product, and checks it as it goes (L2, L6). */
export class LogReader {
  /** What is wrong with the log as a log: positions, versions, hashes. Empty when all is well. */
  readonly faults: string[] = [];
  /** Events read so far. */
  count = 0;
  private after = '0';
  private readonly versions = new Map<string, number>();

  constructor(private readonly url: string) {}

  /** Hands on what was added since the last time, event by event: a long log fits no memory. */
  async readOn(visit: (event: LoggedEvent) => void): Promise<void> {
    const client = new Client({ connectionString: this.url });
    await client.connect();
    try {
      for (;;) {
        const { rows } = await client.query<Row>(
          `select position, stream_id, version, type, event_id, body, leaf_hash
           from event_store.events where position > $1::bigint order by position limit ${PAGE}`,
          [this.after],
        );
        for (const row of rows) {
          this.count += 1;
          this.faults.push(...faultsOf(row, this.count, this.versions));
          visit(eventOf(row));
        }
        const last = rows.at(-1);
        if (last === undefined) return;
        this.after = last.position;
      }
    } finally {
      await client.end();
    }
  }
}

/** All events of a log that is not long. */
export async function readWholeLog(url: string): Promise<readonly LoggedEvent[]> {
  const events: LoggedEvent[] = [];
  await new LogReader(url).readOn((event) => events.push(event));
  return events;
}

function eventOf({ position, stream_id, version, type, event_id, body }: Row): LoggedEvent {
  const { data } = JSON.parse(body) as Pick<LoggedEvent, 'data'>;
  return {
    position: Number(position),
    streamId: stream_id,
    version: Number(version),
    type,
    eventId: event_id,
    data,
  };
}

function faultsOf(row: Row, place: number, versions: Map<string, number>): string[] {
  const faults: string[] = [];
  const expected = (versions.get(row.stream_id) ?? -1) + 1;
  versions.set(row.stream_id, Number(row.version));
  if (Number(row.position) !== place)
    faults.push(`position ${row.position} stands where ${place} belongs`);
  if (Number(row.version) !== expected)
    faults.push(`${row.stream_id} goes from version ${expected - 1} to ${row.version}`);
  const leaf = createHash('sha256').update('\0').update(row.body, 'utf8').digest();
  if (!leaf.equals(row.leaf_hash)) faults.push(`position ${row.position} has another hash`);
  return faults;
}
