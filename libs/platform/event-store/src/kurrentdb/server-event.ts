import {
  type EventData,
  type RecordedEvent as ServerEvent,
  binaryEvent,
  jsonEvent,
} from '@eventstore/db-client';
import { type Instant, canonicalJson, instantOfEpochMillis } from '@encaisse/kernel';
import { UnreadableEvent } from '../errors';
import type { EventMetadata, NewEvent, Position, RecordedEvent } from '../event-store';

/**
 * What is written beside the business facts on the server. `$correlationId` and `$causationId` are the
 * names its own tools know. `metadata` is ours, whole; `attempt` tells one try of an append from
 * another; `notBefore` keeps the time of recording from going back with the server's clock (L7).
 */
type ServerMetadata = {
  readonly $correlationId?: string;
  readonly $causationId?: string;
  readonly attempt: string;
  readonly metadata: EventMetadata;
  readonly notBefore: Instant | null;
  readonly schemaVersion: number;
};

/** One try of an append: which one, and the latest time of recording known before it. */
export type Attempt = { readonly id: string; readonly notBefore: Instant | null };

/** An event as it was read, with the try that wrote it. */
export type ReadEvent = { readonly event: RecordedEvent; readonly attempt: string };

/** An event rendered at once, so that nothing the caller changes afterwards can reach it. */
export type RenderedEvent = {
  readonly event: Pick<NewEvent, 'eventId' | 'type' | 'schemaVersion'>;
  readonly data: string;
  readonly metadata: string;
  readonly causationId: string | null;
  readonly correlationId: string;
};

export function render({ eventId, type, schemaVersion, data, metadata }: NewEvent): RenderedEvent {
  const { causationId, correlationId } = metadata;
  return {
    event: { eventId, type, schemaVersion },
    data: canonicalJson(data),
    metadata: canonicalJson(metadata),
    causationId,
    correlationId,
  };
}

/**
 * An event as the client sends it. The data are sent as JSON where the client's own rendering gives the
 * canonical bytes, and as those bytes where it would not: it puts keys that look like numbers first.
 */
export function toServer(rendered: RenderedEvent, { id: attempt, notBefore }: Attempt): EventData {
  const { event, data, correlationId, causationId } = rendered;
  const stored: ServerMetadata = {
    $correlationId: correlationId,
    ...(causationId === null ? {} : { $causationId: causationId }),
    attempt,
    metadata: JSON.parse(rendered.metadata) as EventMetadata,
    notBefore,
    schemaVersion: event.schemaVersion,
  };
  const common = { id: event.eventId, type: event.type, metadata: bytesOf(canonicalJson(stored)) };
  const parsed = JSON.parse(data) as Record<string, unknown>;
  return JSON.stringify(parsed) === data
    ? jsonEvent({ ...common, data: parsed })
    : binaryEvent({ ...common, data: bytesOf(data) });
}

/** The client takes this very class for bytes, and a Buffer for an object. */
function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'utf8'));
}

/** Events the server writes for itself: their type or their stream begins with a dollar sign. */
export function isSystemEvent({ type, streamId }: { type: string; streamId: string }): boolean {
  return type.startsWith('$') || streamId.startsWith('$');
}

/**
 * The place of an event: its commit position, a count of bytes, as a number. Throws on one that is no
 * safe integer, or that several events of one server transaction share: they would have one place.
 */
export function positionOf({ position, streamId, revision }: ServerEvent): Position {
  const place = `event ${revision} of ${streamId}`;
  const commit = Number(position?.commit ?? Number.MAX_VALUE);
  if (!Number.isSafeInteger(commit))
    throw new UnreadableEvent(`${place} has no position: servers tell it from version 22.6 on`);
  if (position?.commit !== position?.prepare)
    throw new UnreadableEvent(
      `${place} was written in a transaction of the server, not by Encaisse`,
    );
  return commit;
}

/** An event of ours as the port gives it back. Throws UnreadableEvent on one somebody else wrote. */
export function fromServer(stored: ServerEvent): ReadEvent {
  const { id, type, streamId, revision, created } = stored;
  const metadata = stored.metadata as Partial<ServerMetadata> | undefined;
  const { attempt, schemaVersion, metadata: own, notBefore = null } = metadata ?? {};
  if (attempt === undefined || schemaVersion === undefined || own === undefined)
    throw new UnreadableEvent(`event ${revision} of ${streamId} was not written by Encaisse`);
  const data = stored.isJson
    ? stored.data
    : (JSON.parse(Buffer.from(stored.data).toString('utf8')) as object);
  const createdAt = instantOfEpochMillis(created.getTime());
  const event: RecordedEvent = {
    eventId: id,
    type,
    schemaVersion,
    data: data as object,
    metadata: own,
    streamId,
    version: Number(revision),
    position: positionOf(stored),
    recordedAt: notBefore !== null && notBefore > createdAt ? notBefore : createdAt,
  };
  return { event, attempt };
}

/** The text that is hashed, the same as every other adapter stores. */
export function bodyOfRecorded(event: RecordedEvent): string {
  const { version: _version, position: _position, ...hashed } = event;
  return canonicalJson(hashed);
}
