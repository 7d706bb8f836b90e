import type { Iso8583Message } from './message';

/** What became of a request that was written to the connection. */
export type ExchangeOutcome =
  | { readonly kind: 'answered'; readonly answer: Iso8583Message }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'connection-lost' };

type InFlightRequest = {
  readonly request: Iso8583Message;
  readonly settle: (outcome: ExchangeOutcome) => void;
  readonly timer: NodeJS.Timeout;
};

const TRANSMISSION_TIME = 7;
const STAN = 11;
/** Retrieval reference and terminal: an answer may leave them out, it may not change them. */
const REFERENCES = [37, 41];

/** Requests waiting for their answer on one connection, told apart by their trace number. */
export class InFlightRequests {
  private readonly byStan = new Map<string, InFlightRequest>();
  private readonly waitingForNone: (() => void)[] = [];

  get size(): number {
    return this.byStan.size;
  }

  isInFlight(stan: string): boolean {
    return this.byStan.has(stan);
  }

  /**
   * Begins to wait for the answer to a request. The time runs on the machine's monotonic clock: no
   * business clock, stopped or moved, makes a time-out come early or never.
   */
  add(request: Iso8583Message, timeoutMs: number): Promise<ExchangeOutcome> {
    const stan = request.fields[STAN] ?? '';
    if (this.byStan.has(stan)) throw new Error(`Invariant broken: STAN ${stan} is in flight`);
    return new Promise((settle) => {
      const timer = setTimeout(() => this.expire(stan, request), timeoutMs);
      this.byStan.set(stan, { request, settle, timer });
    });
  }

  /** Gives an answer to the request it belongs to; false when nobody waits for it. */
  answer(answer: Iso8583Message): boolean {
    const stan = answer.fields[STAN] ?? '';
    const waiting = this.byStan.get(stan);
    if (!waiting || !isAnswerTo(waiting.request, answer)) return false;
    this.end(stan, { kind: 'answered', answer });
    return true;
  }

  /** The connection is gone: whatever was in flight will not be answered on it. */
  loseAll(): void {
    for (const stan of [...this.byStan.keys()]) this.end(stan, { kind: 'connection-lost' });
  }

  /** Resolves when nothing is in flight. */
  async none(): Promise<void> {
    if (this.byStan.size > 0) await new Promise<void>((done) => this.waitingForNone.push(done));
  }

  /** Timers run before the socket is read: after a stall of ours, an answer may be there already. */
  private expire(stan: string, request: Iso8583Message): void {
    setImmediate(() => {
      if (this.byStan.get(stan)?.request === request) this.end(stan, { kind: 'timeout' });
    });
  }

  private end(stan: string, outcome: ExchangeOutcome): void {
    const waiting = this.byStan.get(stan);
    if (!waiting) return;
    this.byStan.delete(stan);
    clearTimeout(waiting.timer);
    waiting.settle(outcome);
    if (this.byStan.size === 0) for (const done of this.waitingForNone.splice(0)) done();
  }
}

/** Same class, same transmission time, and the references of the request where they are given. */
function isAnswerTo(request: Iso8583Message, answer: Iso8583Message): boolean {
  return (
    request.mti[1] === answer.mti[1] &&
    request.fields[TRANSMISSION_TIME] === answer.fields[TRANSMISSION_TIME] &&
    REFERENCES.every((field) => {
      const given = answer.fields[field];
      return given === undefined || given === request.fields[field];
    })
  );
}
