import { categoryOf } from '@encaisse/kernel';
import type { RecordedEvent } from '@encaisse/platform/event-store';
import type { PlacedMessage } from './consumer-groups';
import type { Message, Publication } from './message-bus';

/** What the publications of a process make of the log. Pure: the same events give the same messages. */
export class MessageMapping {
  private readonly publications: Publication[] = [];

  /** The same publication again changes nothing: whoever consumes it may declare it too. */
  add(publication: Publication): void {
    if (this.publications.includes(publication)) return;
    if (this.publications.some(({ name }) => name === publication.name))
      throw new Error(`two publications are named ${publication.name}`);
    this.publications.push(publication);
    // Places count an event's messages over all publications, so their order must not depend on wiring.
    this.publications.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** In the order of their names. */
  get all(): readonly Publication[] {
    return this.publications;
  }

  /** Every message type, in the order of the alphabet. */
  get types(): readonly string[] {
    return this.publications.flatMap(({ schemas }) => Object.keys(schemas)).sort();
  }

  messagesOf(event: RecordedEvent): readonly Message[] {
    const category = categoryOf(event.streamId);
    const made = this.publications
      .filter(({ categories }) => categories.includes(category))
      .flatMap((publication) => declared(publication, publication.map(event)));
    const counts = new Map<string, number>();
    return made.map(({ type, data }) => ({
      id: idOf(event, type, counts),
      type,
      key: event.streamId,
      time: event.recordedAt,
      data,
      correlationId: event.metadata.correlationId,
      ...(event.metadata.traceparent === undefined
        ? {}
        : { traceparent: event.metadata.traceparent }),
    }));
  }

  /** The messages of an event with their places. */
  placed(event: RecordedEvent): readonly PlacedMessage[] {
    const { position } = event;
    return this.messagesOf(event).map((message, ordinal) => ({ position, ordinal, message }));
  }

  /** The messages of some types, per event, events without any left out. */
  select(
    events: readonly RecordedEvent[],
    types: ReadonlySet<string>,
  ): readonly (readonly PlacedMessage[])[] {
    return events
      .map((event) => this.placed(event).filter(({ message }) => types.has(message.type)))
      .filter((messages) => messages.length > 0);
  }
}

/**
 * The event, the type, and a number for a further message of the same type: another release, which makes
 * other types of the event besides, gives a message that comes again the same id.
 */
function idOf({ eventId }: RecordedEvent, type: string, counts: Map<string, number>): string {
  const number = counts.get(type) ?? 0;
  counts.set(type, number + 1);
  return number === 0 ? `${eventId}.${type}` : `${eventId}.${type}.${number}`;
}

/** What a publication makes without saying so would be known to nobody who asks what is published. */
function declared<Made extends { readonly type: string }>(
  { name, schemas }: Publication,
  made: readonly Made[],
): readonly Made[] {
  for (const { type } of made)
    if (!Object.hasOwn(schemas, type))
      throw new Error(`the publication ${name} makes ${type} without a schema`);
  return made;
}
