import type { DomainEvent, StreamType } from '@encaisse/kernel';
import { UnreadableEvent } from './errors';
import type { RecordedEvent } from './event-store';

/**
 * A recorded event as the domain event of today, upcast step by step when it was written by an older
 * release. Throws UnreadableEvent on a type the stream does not have or a version of a newer release:
 * skipping either would make every figure after it wrong.
 */
export function decodeEvent<Event extends DomainEvent>(
  stream: Pick<StreamType<never, Event>, 'category' | 'schemaVersions' | 'upcasters'>,
  recorded: Pick<RecordedEvent, 'type' | 'schemaVersion' | 'data' | 'streamId' | 'version'>,
): Event {
  const { type, schemaVersion } = recorded;
  const versions: Readonly<Record<string, number>> = stream.schemaVersions;
  const current = Object.hasOwn(versions, type) ? versions[type] : undefined;
  const place = `event ${recorded.version} of ${recorded.streamId}`;
  if (current === undefined) {
    throw new UnreadableEvent(`${place} is a ${type}, which ${stream.category} does not have`);
  }
  if (schemaVersion > current) {
    throw new UnreadableEvent(
      `${place} is a ${type} of schema version ${schemaVersion}, this release knows ${current}`,
    );
  }
  if (schemaVersion === current) return { type, data: recorded.data } as Event;
  const steps: Upcasters = stream.upcasters ?? {};
  let data = recorded.data;
  for (let version = schemaVersion; version < current; version += 1) {
    const upcast = steps[type]?.[version];
    if (upcast === undefined) {
      throw new UnreadableEvent(`${place}: no way from schema version ${version} of ${type} on`);
    }
    data = upcast(data);
  }
  return { type, data } as Event;
}

type Upcasters = Readonly<
  Record<string, Readonly<Record<number, (data: object) => object>> | undefined>
>;
