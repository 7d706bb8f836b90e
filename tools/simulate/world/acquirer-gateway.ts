import type { SimulatedAcquirer, AcquirerAnswer } from './acquirer';
import type { Machine, SimulatedProcess } from './machine';

type Trace = {
  readonly stan: string;
  readonly retrievalReference: string;
  readonly transmittedAt: string;
};
type Unanswered =
  | { readonly kind: 'unknown'; readonly cause: 'timeout' | 'connection-lost' }
  | { readonly kind: 'not-sent' };
type Outcome = ({ readonly kind: 'answered' } & AcquirerAnswer) | Unanswered;
type LateAnswer = AcquirerAnswer & {
  readonly kind: 'authorization' | 'reversal';
  readonly stan: string;
  readonly retrievalReference: string;
};

const TIMEOUT_MILLIS = 15_000;
const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The acquirer gateway of one simulated process: one line, time-outs, late answers. */
export class SimulatedAcquirerGateway {
  isLineUp = true;
  private stan: number;
  private readonly listeners: ((answer: LateAnswer) => void)[] = [];

  constructor(
    private readonly process: SimulatedProcess,
    private readonly machine: Machine,
    private readonly acquirer: SimulatedAcquirer,
  ) {
    this.stan = Math.floor(machine.random() * 999_999);
  }

  get isReady(): boolean {
    return this.isLineUp;
  }

  authorize(request: {
    readonly trace: Trace;
    readonly amount: { readonly minor: number; readonly currency: string };
    readonly contractNumber: string;
    readonly cardNumber: string;
    readonly verificationCode: string | null;
  }): Promise<Outcome> {
    const { trace, amount, contractNumber, cardNumber } = request;
    const demand = {
      reference: trace.retrievalReference,
      amountMinor: amount.minor,
      currency: amount.currency,
      contractNumber,
      cardNumber,
    };
    return this.exchange(trace, 'authorization', (tell) =>
      this.acquirer.authorize(this.process, demand, tell),
    );
  }

  reverse(request: { readonly original: Trace }): Promise<Outcome> {
    const { original } = request;
    return this.exchange(original, 'reversal', (tell) =>
      this.acquirer.reverse(this.process, original.retrievalReference, tell),
    );
  }

  nextTrace(now: string): Trace {
    this.stan = (this.stan % 999_999) + 1;
    let retrievalReference = '';
    for (let index = 0; index < 12; index += 1)
      retrievalReference += SIGNS.charAt(Math.floor(this.machine.random() * SIGNS.length));
    return { stan: String(this.stan).padStart(6, '0'), retrievalReference, transmittedAt: now };
  }

  onLateAnswer(listener: (answer: LateAnswer) => void): void {
    this.listeners.push(listener);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private exchange(
    trace: Trace,
    kind: LateAnswer['kind'],
    send: (tell: (answer: AcquirerAnswer | null) => void) => void,
  ): Promise<Outcome> {
    if (this.process.isDead) return new Promise(() => undefined);
    if (!this.isLineUp) return Promise.resolve({ kind: 'not-sent' });
    return new Promise((resolve) => {
      let isSettled = false;
      const settle = (outcome: Outcome): void => {
        isSettled = true;
        resolve(outcome);
      };
      this.machine.in(TIMEOUT_MILLIS, this.process, () => {
        if (!isSettled) settle({ kind: 'unknown', cause: 'timeout' });
      });
      send((answer) => {
        if (isSettled) {
          if (answer) this.tellLate({ ...answer, kind, ...trace });
        } else if (answer) settle({ kind: 'answered', ...answer });
        else settle({ kind: 'unknown', cause: 'connection-lost' });
      });
    });
  }

  private tellLate(answer: LateAnswer): void {
    for (const listener of this.listeners) listener(answer);
  }
}
