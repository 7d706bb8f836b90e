import type { Instant } from '@encaisse/kernel';
import type { RecordedEvent } from '../event-store';

const CAPACITY = 50_000;

/**
 * In which streams the last events are, by id, whoever wrote them. The server knows no event by its id
 * alone: this is how an id that comes again in another stream is refused.
 */
export class RecentEvents {
  private readonly streams = new Map<string, string>();
  private latest: Instant | null = null;

  constructor(private readonly capacity = CAPACITY) {}

  /** The latest time of recording seen, null before any was. */
  get latestRecordedAt(): Instant | null {
    return this.latest;
  }

  streamOf(eventId: string): string | undefined {
    return this.streams.get(eventId);
  }

  note({ eventId, streamId, recordedAt }: RecordedEvent): void {
    if (this.latest === null || recordedAt > this.latest) this.latest = recordedAt;
    this.claim(eventId, streamId);
  }

  /** Taken for the time of an append, before it is known whether the event is recorded. */
  claim(eventId: string, streamId: string): void {
    this.streams.set(eventId, streamId);
    if (this.streams.size <= this.capacity) return;
    const oldest = this.streams.keys().next();
    if (oldest.done !== true) this.streams.delete(oldest.value);
  }

  forget(eventId: string): void {
    this.streams.delete(eventId);
  }
}
