import { type Instant, instantOfEpochMillis } from '@encaisse/kernel';

/** Business time. Decisions never read it: the edge asks once and passes the instant on. */
export abstract class Clock {
  abstract now(): Instant;
}

/** The machine's wall clock. */
export class SystemClock extends Clock {
  now(): Instant {
    return instantOfEpochMillis(Date.now());
  }
}

/** Stands still at an instant once set; the wall clock again when released. Outside production only. */
export class ControllableClock extends Clock {
  private frozenAt: Instant | null = null;

  now(): Instant {
    return this.frozenAt ?? instantOfEpochMillis(Date.now());
  }

  set(at: Instant | null): void {
    this.frozenAt = at;
  }

  get isSet(): boolean {
    return this.frozenAt !== null;
  }
}
