import type { Position, RecordedEvent } from '../event-store';
import { recordedEventOf } from '../prepared-append';
import type { AddedEvent } from './batch-writer';

type Slot = { added: AddedEvent; event: RecordedEvent | null };

const CAPACITY = 2_048;
const CAPACITY_CHARACTERS = 8 * 1024 * 1024;

/**
 * The newest events this process appended or read, without a gap: subscriptions near the end of the
 * log share one reading and one parsing. Anything that does not continue it starts it anew.
 */
export class EventRing {
  private slots: Slot[] = [];
  private start = 0;
  private characters = 0;

  offer(events: readonly AddedEvent[]): void {
    for (const added of events) this.put({ added, event: null });
  }

  /** The events right after a position, or null when the ring cannot prove that it has them. */
  after(position: Position, limit: number): RecordedEvent[] | null {
    const first = this.slots[this.start]?.added.position;
    const last = this.slots.at(-1)?.added.position;
    if (first === undefined || last === undefined) return null;
    if (position + 1 < first || position >= last) return null;
    const from = this.start + (position + 1 - first);
    return this.slots.slice(from, from + limit).map(eventOf);
  }

  private put(slot: Slot): void {
    const last = this.slots.at(-1)?.added.position;
    if (last !== undefined) {
      if (slot.added.position <= last) return;
      if (slot.added.position !== last + 1) this.clear();
    }
    this.slots.push(slot);
    this.characters += slot.added.body.length;
    while (
      this.slots.length - this.start > CAPACITY ||
      (this.characters > CAPACITY_CHARACTERS && this.slots.length - this.start > 1)
    ) {
      this.characters -= this.slots[this.start]!.added.body.length;
      this.start += 1;
    }
    if (this.start <= CAPACITY) return;
    this.slots = this.slots.slice(this.start);
    this.start = 0;
  }

  clear(): void {
    this.slots = [];
    this.start = 0;
    this.characters = 0;
  }
}

function eventOf(slot: Slot): RecordedEvent {
  const { body, version, position } = slot.added;
  return (slot.event ??= recordedEventOf(body, version, position));
}
