import type { Position } from './event-store';

/** The last position this process knows of, and those who wait for more. */
export class PositionSignal {
  private known: Position = 0;
  private readonly waiting = new Set<() => void>();

  get lastKnown(): Position {
    return this.known;
  }

  /** Learns that the log reaches this far. */
  advance(position: Position): void {
    if (position <= this.known) return;
    this.known = position;
    this.wakeAll();
  }

  /**
   * Takes over what the log itself says, unless this process learnt of more since it was asked: a
   * restored log may end earlier than what was heard of.
   */
  correct(position: Position, knownWhenAsked: Position): void {
    if (this.known === knownWhenAsked && position < this.known) this.known = position;
    this.advance(position);
  }

  private wakeAll(): void {
    const woken = [...this.waiting];
    this.waiting.clear();
    for (const wake of woken) wake();
  }

  /** Resolves once the log is known to reach beyond a position, or when the signal is aborted. */
  async beyond(position: Position, signal: AbortSignal): Promise<void> {
    if (this.known > position || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        this.waiting.delete(wake);
        resolve();
      };
      signal.addEventListener('abort', wake, { once: true });
      this.waiting.add(wake);
    });
  }
}
