import type { EventMetadata, RecordedEvent } from '@encaisse/platform/event-store';

/** Metadata of what the system does by itself because of an earlier event. */
export function causedBy(event: RecordedEvent | undefined): EventMetadata {
  const traceparent = event?.metadata.traceparent;
  return {
    actor: { kind: 'system', login: 'system' },
    correlationId: event?.metadata.correlationId ?? 'system',
    causationId: event?.eventId ?? null,
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}
