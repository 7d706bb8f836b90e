import { type Iso8583Message, describeMessage } from '@encaisse/platform/iso8583';

/** A message as it went by, card data hidden. */
export type JournalEntry = {
  readonly direction: 'received' | 'sent';
  /** Which connection, counted from 1 since the start. */
  readonly connection: number;
  readonly message: Iso8583Message;
};

/** The last messages of a running simulator, oldest first, never more than its capacity. */
export class MessageJournal {
  private readonly ring: JournalEntry[] = [];
  private next = 0;

  constructor(private readonly capacity: number) {}

  record(entry: JournalEntry): void {
    if (this.capacity === 0) return;
    this.ring[this.next % this.capacity] = { ...entry, message: describeMessage(entry.message) };
    this.next += 1;
  }

  entries(): readonly JournalEntry[] {
    const start = this.next % this.capacity;
    if (this.next <= this.capacity) return [...this.ring];
    return [...this.ring.slice(start), ...this.ring.slice(0, start)];
  }
}
