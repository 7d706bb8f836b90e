import type { AppendResult } from './event-store';
import { type PreparedAppend, type PreparedWrite, isSameBody } from './prepared-append';

/** What the store has under an event id. */
export type StoredEvent = {
  readonly eventId: string;
  readonly streamId: string;
  readonly version: number;
  readonly position: number;
  readonly body: string;
};

/**
 * Answers an append of which at least one event id is in the log already. Bodies are compared, not
 * only ids: the same id with another amount is never a success (L3).
 */
export function answerRepeat(
  append: PreparedAppend,
  stored: ReadonlyMap<string, StoredEvent>,
  versionOf: (streamId: string) => number | null,
): AppendResult {
  for (const { streamId, events } of append.writes) {
    for (const event of events) {
      const known = stored.get(event.eventId);
      if (known === undefined) continue;
      if (known.streamId !== streamId || !isSameBody(known.body, event)) {
        return { kind: 'event-id-reused', eventId: event.eventId };
      }
    }
  }
  if (append.writes.every((write) => isStoredInOrder(write, stored))) return replay(append, stored);
  const moved = append.writes.find((write) => write.events.some((e) => stored.has(e.eventId)));
  const { streamId, expected } = moved ?? append.writes[0]!;
  return { kind: 'wrong-revision', streamId, expected, actual: versionOf(streamId) };
}

function isStoredInOrder(write: PreparedWrite, stored: ReadonlyMap<string, StoredEvent>): boolean {
  const first = stored.get(write.events[0]!.eventId)?.version;
  if (first === undefined) return false;
  return write.events.every((event, index) => stored.get(event.eventId)?.version === first + index);
}

function replay(append: PreparedAppend, stored: ReadonlyMap<string, StoredEvent>): AppendResult {
  const versions: Record<string, number> = {};
  let position = 0;
  for (const { streamId, events } of append.writes) {
    const last = stored.get(events.at(-1)!.eventId)!;
    versions[streamId] = last.version;
    position = Math.max(position, last.position);
  }
  return { kind: 'appended', position, versions, isReplay: true };
}
