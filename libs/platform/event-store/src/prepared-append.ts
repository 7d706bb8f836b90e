import { createHash } from 'node:crypto';
import { type Instant, canonicalJson, invariant, isUuid } from '@encaisse/kernel';
import type { ExpectedRevision, NewEvent, RecordedEvent, StreamWrite } from './event-store';

/**
 * An event as the bytes it will be stored as, cut where the store puts the time of recording. The
 * stored text is `head + recordedAt + tail`: the RFC 8785 form of
 * `{ data, eventId, metadata, recordedAt, schemaVersion, streamId, type }`, whose keys sort so.
 */
export type PreparedEvent = {
  readonly eventId: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly head: string;
  readonly tail: string;
};

export type PreparedWrite = {
  readonly streamId: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly PreparedEvent[];
};

/** One append, checked and rendered; nothing the caller changes afterwards can reach it. */
export type PreparedAppend = {
  readonly writes: readonly PreparedWrite[];
  readonly eventCount: number;
};

/** Length of an instant's text. */
export const INSTANT_LENGTH = 24;

const CONTROL_CHARACTER = /[\u0000-\u001f]/;

function prepareEvent(streamId: string, event: NewEvent): PreparedEvent {
  const { eventId, type, schemaVersion } = event;
  invariant(isUuid(eventId), `an event id is a lower-case UUID, got ${eventId}`);
  invariant(type !== '' && !CONTROL_CHARACTER.test(type), `not an event type: ${type}`);
  invariant(Number.isSafeInteger(schemaVersion) && schemaVersion > 0, 'schema versions start at 1');
  const data = canonicalJson(event.data);
  const metadata = canonicalJson(event.metadata);
  const head = `{"data":${data},"eventId":"${eventId}","metadata":${metadata},"recordedAt":"`;
  const names = `"streamId":${canonicalJson(streamId)},"type":${canonicalJson(type)}`;
  return {
    eventId,
    type,
    schemaVersion,
    head,
    tail: `","schemaVersion":${schemaVersion},${names}}`,
  };
}

function prepareWrite({ streamId, expected, events }: StreamWrite): PreparedWrite {
  invariant(
    streamId !== '' && !CONTROL_CHARACTER.test(streamId),
    `not the name of a stream: ${streamId}`,
  );
  invariant(events.length > 0, `an append to ${streamId} without events`);
  if (typeof expected === 'number') {
    invariant(Number.isSafeInteger(expected) && expected >= 0, 'versions count from 0');
  }
  return { streamId, expected, events: events.map((event) => prepareEvent(streamId, event)) };
}

/** Checks and renders an append. Throws on what only a bug of the caller can send. */
export function prepareAppend(writes: readonly StreamWrite[]): PreparedAppend {
  invariant(writes.length > 0, 'an append without streams');
  const prepared = writes.map(prepareWrite);
  const eventCount = prepared.reduce((sum, write) => sum + write.events.length, 0);
  if (eventCount > 1) {
    const streams = new Set(prepared.map((write) => write.streamId));
    invariant(streams.size === prepared.length, 'a stream stands twice in one append');
    const ids = new Set(prepared.flatMap((write) => write.events.map((event) => event.eventId)));
    invariant(ids.size === eventCount, 'an event id stands twice in one append');
  }
  return { writes: prepared, eventCount };
}

/** The text that is stored and hashed. */
export function bodyOf(event: PreparedEvent, recordedAt: Instant): string {
  return event.head + recordedAt + event.tail;
}

/** Whether a stored text is this event, whenever it was recorded. */
export function isSameBody(stored: string, { head, tail }: PreparedEvent): boolean {
  return (
    stored.length === head.length + INSTANT_LENGTH + tail.length &&
    stored.startsWith(head) &&
    stored.endsWith(tail)
  );
}

/** Leaf of the proof tree: SHA-256 of `0x00` and the stored bytes. Source: RFC 6962 §2.1. */
export function leafHashOf(body: string): Buffer {
  return createHash('sha256').update('\0').update(body, 'utf8').digest();
}

type Mutable<Value> = { -readonly [Name in keyof Value]: Value[Name] };

/** An event read back from its stored text and its places. */
export function recordedEventOf(body: string, version: number, position: number): RecordedEvent {
  // Completed in place: a copy of every event would cost a replay as much as reading it.
  const event = JSON.parse(body) as Mutable<RecordedEvent>;
  event.version = version;
  event.position = position;
  return event;
}
