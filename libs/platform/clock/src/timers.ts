/** Work that waits for its time, or comes again and again. */
export type Alarm = {
  /** What has not begun never does. */
  cancel(): void;
};

/**
 * The machine's own time: pauses, repeated looks, how long something took. Never business time, which
 * is `Clock`'s. Features have no other way to wait, so that a simulation owns all of them.
 * Alarms may ring late, as a busy machine's do; none rings early.
 */
export abstract class Timers {
  /**
   * Milliseconds of the monotonic clock: for how long something took or waited. It goes on while the
   * process is stopped, and never back.
   */
  abstract monotonicMillis(): number;
  /** Does work once, after some milliseconds; 0 means as soon as what runs now is done. */
  abstract after(millis: number, work: () => void): Alarm;
  /** Does work every so many milliseconds until cancelled. */
  abstract every(millis: number, work: () => void): Alarm;

  /** Resolves after some milliseconds. */
  pause(millis: number): Promise<void> {
    return new Promise((resolve) => this.after(millis, resolve));
  }
}

/** The timers of the process. */
export class SystemTimers extends Timers {
  override monotonicMillis(): number {
    return performance.now();
  }

  override after(millis: number, work: () => void): Alarm {
    const timer = setTimeout(work, millis);
    return { cancel: () => clearTimeout(timer) };
  }

  override every(millis: number, work: () => void): Alarm {
    const timer = setInterval(work, millis);
    return { cancel: () => clearInterval(timer) };
  }
}
