type Waiter = { readonly position: number; readonly resolve: (isReached: boolean) => void };

/** Those who wait for a position to be reached (D16). */
export class PositionWaiters {
  private position = 0;
  private waiters: Waiter[] = [];
  private wake: (() => void) | undefined;

  get current(): number {
    return this.position;
  }

  reached(position: number): void {
    this.position = position;
    if (this.waiters.length === 0) return;
    const due = this.waiters.filter((waiter) => waiter.position <= position);
    this.waiters = this.waiters.filter((waiter) => waiter.position > position);
    for (const waiter of due) waiter.resolve(true);
  }

  /** True once the position is reached, false after the time-out. */
  wait(position: number, timeoutMillis: number): Promise<boolean> {
    if (position <= this.position) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.waiters = this.waiters.filter((other) => other !== waiter);
        resolve(false);
      }, timeoutMillis);
      const waiter: Waiter = {
        position,
        resolve: (isReached) => {
          clearTimeout(timer);
          resolve(isReached);
        },
      };
      this.waiters.push(waiter);
      this.wake?.();
    });
  }

  /** Resolves once the position is reached, however long that takes. */
  until(position: number): Promise<void> {
    if (position <= this.position) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiters.push({ position, resolve: () => resolve() });
      this.wake?.();
    });
  }

  /** A pause that ends at once when somebody begins to wait. */
  rest(millis: number): Promise<void> {
    if (this.waiters.length > 0) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.wake = undefined;
        resolve();
      };
      const timer = setTimeout(end, millis);
      this.wake = end;
    });
  }
}
