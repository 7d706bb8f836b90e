type Entry<Value> = { readonly value: Value; readonly until: number };

/** The values used last, up to a number and an age. */
export class RecentValues<Value> {
  private readonly entries = new Map<string, Entry<Value>>();

  constructor(
    private readonly capacity: number,
    private readonly lifetimeMillis: number,
  ) {}

  get(key: string): Value | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    this.entries.delete(key);
    if (entry.until < performance.now()) return undefined;
    this.entries.set(key, entry);
    return entry.value;
  }

  set(key: string, value: Value): void {
    this.entries.delete(key);
    if (this.entries.size >= this.capacity) {
      const oldest = this.entries.keys().next();
      if (!oldest.done) this.entries.delete(oldest.value);
    }
    this.entries.set(key, { value, until: performance.now() + this.lifetimeMillis });
  }

  deleteWhere(matches: (value: Value) => boolean): void {
    for (const [key, { value }] of this.entries) if (matches(value)) this.entries.delete(key);
  }
}
