import type { QueryConfig } from 'pg';
import { StatementBatcher } from '@encaisse/platform/postgres';
import type { RecordedEvent } from '../event-store';
import { recordedEventOf } from '../prepared-append';

type StreamRow = {
  /** Which of the streams asked for, from 1. */
  readonly place: string;
  readonly position: string;
  readonly version: string;
  readonly body: string;
};

/** `offset 0` keeps the planner from joining the whole log with the few streams asked for. */
export const READ_STREAMS = `
select asked.place, event.position, event.version, event.body
from unnest($1::text[]) with ordinality as asked(stream_id, place)
cross join lateral (select position, version, body from event_store.events
                    where stream_id = asked.stream_id offset 0) event
order by asked.place, event.version`;

/** Streams of one statement: more would let short ones wait for long ones. */
const STREAMS_AT_ONCE = 100;

/**
 * Reads whole streams; those asked for while a statement runs are read by the next one together. A
 * statement costs the process more than finding the few events of a stream costs the database.
 */
export class StreamReader {
  private readonly batcher = new StatementBatcher<string, RecordedEvent[]>(
    (streamIds) => this.readTogether(streamIds),
    STREAMS_AT_ONCE,
  );

  constructor(private readonly query: (config: QueryConfig) => Promise<StreamRow[]>) {}

  read(streamId: string): Promise<RecordedEvent[]> {
    return this.batcher.submit(streamId);
  }

  private async readTogether(streamIds: readonly string[]): Promise<RecordedEvent[][]> {
    const rows = await this.query({
      name: 'event-store-read-streams',
      text: READ_STREAMS,
      values: [streamIds],
    });
    const streams = streamIds.map((): RecordedEvent[] => []);
    for (const { place, version, position, body } of rows)
      streams[Number(place) - 1]!.push(recordedEventOf(body, Number(version), Number(position)));
    return streams;
  }
}
