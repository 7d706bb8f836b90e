import { leafHashOf } from '@encaisse/platform/event-store';
import { instantText } from '@encaisse/platform/postgres';
import type { ClientBase } from 'pg';
import QueryStream from 'pg-query-stream';
import type { Progress } from '../command-refused';
import { MerkleRoot } from './merkle-root';

/** What reading the whole log showed. */
export type LogVerdict = {
  readonly events: number;
  readonly streams: number;
  /** Head of the proof tree over what was read and found good. */
  readonly treeHead: string;
  /** The first event that is not as it was written; null when all are. */
  readonly firstBad: { readonly position: number; readonly reason: string } | null;
};

/** Big integers come as text or as numbers, as the process reads them. */
type Row = readonly [
  position: number | string,
  eventId: string,
  streamId: string,
  category: string,
  version: number | string,
  type: string,
  schemaVersion: number,
  recordedAt: string,
  body: string,
  leafHash: Buffer,
];

type Body = {
  readonly eventId?: unknown;
  readonly streamId?: unknown;
  readonly type?: unknown;
  readonly schemaVersion?: unknown;
  readonly recordedAt?: unknown;
};

const ROWS_AT_A_TIME = 2000;

const WHOLE_LOG = `
  select position, event_id, stream_id, category, version, type, schema_version,
         ${instantText('recorded_at')}, body, leaf_hash
  from event_store.events order by position`;

/**
 * Reads the whole log and checks each event: positions 1, 2, 3 …, versions of each stream 0, 1, 2 …, the
 * leaf hash of the body, the columns against the body, and times that never go back. What was cut off at
 * the end shows only against a tree head kept elsewhere.
 */
export async function verifyLog(client: ClientBase, progress: Progress): Promise<LogVerdict> {
  const total = await eventCount(client);
  const check = new LogCheck();
  const rows = client.query(
    new QueryStream(WHOLE_LOG, [], { batchSize: ROWS_AT_A_TIME, rowMode: 'array' }),
  );
  for await (const row of rows as AsyncIterable<Row>) {
    const reason = check.take(row);
    if (reason !== null) {
      rows.destroy();
      return check.verdict({ position: check.events + 1, reason });
    }
    if (check.events % ROWS_AT_A_TIME === 0) progress(check.events, total);
  }
  progress(check.events, total);
  return check.verdict(null);
}

async function eventCount(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    'select count(*)::integer as count from event_store.events',
  );
  return rows[0]?.count ?? 0;
}

/** What is carried from one event to the next. */
class LogCheck {
  events = 0;
  private readonly versions = new Map<string, number>();
  private readonly tree = new MerkleRoot();
  private lastRecordedAt = '';

  /** Why an event is not as it was written, null when it is. */
  take(row: Row): string | null {
    const [position, , streamId, , version, , , recordedAt, body, leafHash] = row;
    const expected = this.events + 1;
    if (Number(position) !== expected) return `position ${expected} is missing`;
    if (!leafHashOf(body).equals(leafHash)) return 'the body does not give the leaf hash';
    const different = differingColumn(row);
    if (different !== null) return `column ${different} differs from the body`;
    const next = (this.versions.get(streamId) ?? -1) + 1;
    if (Number(version) !== next)
      return `${streamId} goes on with version ${version} where ${next} is due`;
    if (recordedAt < this.lastRecordedAt) return 'it was recorded before the event before it';
    this.versions.set(streamId, next);
    this.lastRecordedAt = recordedAt;
    this.tree.add(leafHash);
    this.events = expected;
    return null;
  }

  verdict(firstBad: LogVerdict['firstBad']): LogVerdict {
    const { events, versions, tree } = this;
    return { events, streams: versions.size, treeHead: tree.head, firstBad };
  }
}

function differingColumn(row: Row): string | null {
  const [, eventId, streamId, category, , type, schemaVersion, recordedAt, text] = row;
  const body = JSON.parse(text) as Body;
  if (body.eventId !== eventId) return 'event_id';
  if (body.streamId !== streamId) return 'stream_id';
  if (streamId.split('-', 1)[0] !== category) return 'category';
  if (body.type !== type) return 'type';
  if (body.schemaVersion !== schemaVersion) return 'schema_version';
  return body.recordedAt === recordedAt ? null : 'recorded_at';
}
