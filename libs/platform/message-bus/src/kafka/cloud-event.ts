import type { Instant } from '@encaisse/kernel';
import type { PlacedMessage } from '../consumer-groups';

/** What a record of a topic holds: a CloudEvents 1.0 event in structured JSON. */
type CloudEvent = {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: Instant;
  readonly datacontenttype: 'application/json';
  readonly dataschema: string;
  readonly data: object;
  /** W3C trace context, of the distributed tracing extension. */
  readonly traceparent?: string;
  readonly correlationid: string;
  /** Position in the log of the event it was made from; digits, as extensions have no large numbers. */
  readonly logposition: string;
  /** Its number among the messages of that event. */
  readonly logordinal: number;
};

export const CLOUD_EVENT_HEADERS = {
  'content-type': 'application/cloudevents+json; charset=utf-8',
} as const;

/** A record that the relay did not write. */
export class UnreadableRecord extends Error {}

/** The context that publishes a type: what stands before its first dot. */
export function contextOf(type: string): string {
  return type.split('.')[0] ?? type;
}

export function encodeMessage({ message, position, ordinal }: PlacedMessage): string {
  const event: CloudEvent = {
    specversion: '1.0',
    id: message.id,
    source: `/encaisse/${contextOf(message.type)}`,
    type: message.type,
    subject: message.key,
    time: message.time,
    datacontenttype: 'application/json',
    dataschema: `urn:encaisse:event:${message.type}`,
    ...(message.traceparent === undefined ? {} : { traceparent: message.traceparent }),
    correlationid: message.correlationId,
    logposition: String(position),
    logordinal: ordinal,
    data: message.data,
  };
  return JSON.stringify(event);
}

/** Throws UnreadableRecord, saying where the record is but nothing of what is in it. */
export function decodeMessage(value: Buffer | null, place: string): PlacedMessage {
  const event = parsed(value);
  const position = Number(event?.logposition);
  if (event === null || !isComplete(event) || !Number.isSafeInteger(position))
    throw new UnreadableRecord(`the record at ${place} is no message of the relay`);
  return {
    position,
    ordinal: event.logordinal,
    message: {
      id: event.id,
      type: event.type,
      key: event.subject,
      time: event.time,
      data: event.data,
      correlationId: event.correlationid,
      ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
    },
  };
}

function parsed(value: Buffer | null): CloudEvent | null {
  try {
    return JSON.parse(value?.toString('utf8') ?? '') as CloudEvent | null;
  } catch {
    return null;
  }
}

/** What claims to be an event may lack anything. */
function isComplete(event: { readonly [Name in keyof CloudEvent]: unknown }): boolean {
  const texts = [event.id, event.type, event.subject, event.time, event.correlationid];
  return (
    event.specversion === '1.0' &&
    texts.every((text) => typeof text === 'string') &&
    typeof event.logordinal === 'number' &&
    typeof event.data === 'object' &&
    event.data !== null
  );
}
