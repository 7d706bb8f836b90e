import { setTimeout as wait } from 'node:timers/promises';
import type { Position } from '../event-store';
import type { OutageReport } from '../postgres/outage-report';
import { PositionSignal } from '../position-signal';
import { fromServer, isSystemEvent } from './server-event';
import type { RecentEvents } from './recent-events';
import type { ServerSession } from './server-session';

const RECONNECT_DELAY_MS = 250;
/** Should a connection be dead without telling. */
const LOOK_EVERY_MS = 5_000;
/** Before the log is asked again for what is known to be in it. */
const ASK_AGAIN_MS = 10;

/**
 * Wakes those who wait for the log to grow. It only rings: events are always read from the log after
 * the reader's own position, so that no interruption of this subscription can skip one.
 */
export class LogDoorbell {
  private readonly signal = new PositionSignal();
  private isRunning = false;
  private readonly stop = new AbortController();
  private endListening: () => void = () => undefined;

  constructor(
    private readonly session: ServerSession,
    private readonly recent: RecentEvents,
    private readonly lastPosition: () => Promise<Position>,
    private readonly outage: OutageReport,
  ) {}

  /** What this process appended is told at once. */
  advance(position: Position): void {
    this.signal.advance(position);
  }

  /** Resolves once the log may reach beyond a position, or when the signal is aborted. */
  async beyond(position: Position, signal: AbortSignal): Promise<void> {
    this.start();
    if (this.signal.lastKnown > position) {
      await wait(ASK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
      await this.look();
      return;
    }
    await this.signal.beyond(position, signal);
  }

  close(): void {
    this.stop.abort();
    this.endListening();
  }

  private start(): void {
    if (this.isRunning) return;
    this.isRunning = true;
    void this.listen();
    void this.lookNowAndThen();
  }

  private async listen(): Promise<void> {
    while (!this.isStopped()) {
      await new Promise<void>((resolve) => {
        this.endListening = this.session.listen({
          // What came between the last reading and now is found by looking.
          confirmed: () => void this.look(),
          arrived: (stored) => {
            if (isSystemEvent(stored)) return;
            this.signal.advance(Number(stored.position.commit));
            this.note(stored);
          },
          ended: resolve,
        });
        this.stop.signal.addEventListener('abort', () => resolve(), { once: true });
      });
      if (this.isStopped()) return;
      this.outage.down();
      await this.pause(RECONNECT_DELAY_MS);
    }
  }

  /** Readers are told of an event that cannot be read when they come to it. */
  private note(stored: Parameters<typeof fromServer>[0]): void {
    try {
      this.recent.note(fromServer(stored).event);
    } catch {
      return;
    }
  }

  private async lookNowAndThen(): Promise<void> {
    while (!this.stop.signal.aborted) {
      await this.pause(LOOK_EVERY_MS);
      await this.look();
    }
  }

  private async look(): Promise<void> {
    if (this.stop.signal.aborted) return;
    const known = this.signal.lastKnown;
    try {
      this.signal.correct(await this.lastPosition(), known);
      this.outage.up();
    } catch {
      this.outage.down();
    }
  }

  private isStopped(): boolean {
    return this.stop.signal.aborted;
  }

  private pause(millis: number): Promise<void> {
    return wait(millis, undefined, { signal: this.stop.signal }).catch(() => undefined);
  }
}
