import type { QueryConfig } from 'pg';
import type { ExpectedRevision } from '../event-store';
import type { PreparedAppend, PreparedEvent } from '../prepared-append';
import { APPEND_NEXT } from './append-functions';

const SEPARATOR = '\u001f';

/** What the append function answers; see there for the verdicts. */
export type BatchAnswer = {
  readonly last_position: string;
  readonly recorded_at: string;
  readonly verdicts: string;
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

/** One event at a version that the caller knows: by far the commonest append. */
export type OneEvent = {
  readonly streamId: string;
  readonly version: number;
  readonly event: PreparedEvent;
};

export function asOneEvent(appends: readonly PreparedAppend[]): OneEvent | null {
  const append = appends[0];
  if (append === undefined || appends.length > 1 || append.eventCount > 1) return null;
  const { streamId, expected, events } = append.writes[0]!;
  if (expected === 'any' || expected === 'stream-exists') return null;
  return { streamId, version: expected === 'no-stream' ? 0 : expected + 1, event: events[0]! };
}

export function nextEventStatement(after: number, one: OneEvent): QueryConfig {
  const { eventId, type, schemaVersion, head, tail } = one.event;
  return {
    name: 'event-store-append-next',
    text: APPEND_NEXT,
    values: [after, eventId, one.streamId, one.version, type, schemaVersion, head, tail],
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
