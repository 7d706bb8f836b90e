import type { QueryConfig } from 'pg';
import type { ExpectedRevision } from '../event-store';
import type { PreparedAppend } from '../prepared-append';

const SEPARATOR = '\u001f';

/** What the append functions answer; see there for the verdicts. */
export type BatchAnswer = {
  readonly last_position: string;
  readonly recorded_at: string | null;
  /** Null from the one-event function when it appended nothing; the batch function says why. */
  readonly verdicts: string | null;
  /** Version of each write's stream before the batch, -1 when it did not exist. */
  readonly actuals: string;
};

function expectedCode(expected: ExpectedRevision): number {
  switch (expected) {
    case 'no-stream':
      return -1;
    case 'any':
      return -2;
    case 'stream-exists':
      return -3;
    default:
      return expected;
  }
}

/** One command with one event, the commonest append by far, has a straight-line function. */
export function oneEventStatement(append: PreparedAppend): QueryConfig {
  const write = append.writes[0]!;
  const event = write.events[0]!;
  return {
    name: 'event-store-append-one',
    text: `select last_position, recorded_at, verdict::text as verdicts, actual::text as actuals
           from event_store.append_one($1, $2, $3, $4, $5, $6, $7)`,
    values: [
      write.streamId,
      expectedCode(write.expected),
      event.eventId,
      event.type,
      event.schemaVersion,
      event.head,
      event.tail,
    ],
  };
}

class Columns {
  readonly commands: number[] = [];
  readonly streams: string[] = [];
  readonly expected: number[] = [];
  readonly eventCommands: number[] = [];
  readonly eventWrites: number[] = [];
  readonly offsets: number[] = [];
  readonly eventStreams: string[] = [];
  readonly eventIds: string[] = [];
  readonly types: string[] = [];
  readonly schemaVersions: number[] = [];
  readonly heads: string[] = [];
  readonly tails: string[] = [];

  add(command: number, append: PreparedAppend): void {
    for (const { streamId, expected, events } of append.writes) {
      this.commands.push(command);
      this.streams.push(streamId);
      this.expected.push(expectedCode(expected));
      const write = this.commands.length;
      for (const [index, event] of events.entries()) {
        this.eventCommands.push(command);
        this.eventWrites.push(write);
        this.offsets.push(index + 1);
        this.eventStreams.push(streamId);
        this.eventIds.push(event.eventId);
        this.types.push(event.type);
        this.schemaVersions.push(event.schemaVersion);
        this.heads.push(event.head);
        this.tails.push(event.tail);
      }
    }
  }
}

const array = (items: readonly (string | number)[]): string => `{${items.join(',')}}`;
const joined = (texts: readonly string[]): string => texts.join(SEPARATOR);

export function batchStatement(appends: readonly PreparedAppend[]): QueryConfig {
  const columns = new Columns();
  for (const [index, append] of appends.entries()) columns.add(index + 1, append);
  return {
    name: 'event-store-append-batch',
    text: `select last_position, recorded_at, verdicts, actuals
           from event_store.append_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    values: [
      appends.length,
      array(columns.commands),
      joined(columns.streams),
      array(columns.expected),
      array(columns.eventCommands),
      array(columns.eventWrites),
      array(columns.offsets),
      joined(columns.eventStreams),
      array(columns.eventIds),
      joined(columns.types),
      array(columns.schemaVersions),
      joined(columns.heads),
      joined(columns.tails),
    ],
  };
}
