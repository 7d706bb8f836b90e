const LAST = 999_999;

/**
 * System trace audit numbers (field 11): 000001 to 999999, then from the start again. The first one is
 * drawn by the caller so that a process started again does not repeat the numbers of the one before.
 */
export class TraceNumbers {
  private previous: number;

  constructor(first: number) {
    this.previous = first - 1;
  }

  /** The next number that is not taken. Throws when all of them are. */
  next(isTaken: (stan: string) => boolean): string {
    for (let tries = 0; tries < LAST; tries += 1) {
      this.previous = (this.previous % LAST) + 1;
      const stan = String(this.previous).padStart(6, '0');
      if (!isTaken(stan)) return stan;
    }
    throw new Error('Invariant broken: every trace number is in flight');
  }
}
