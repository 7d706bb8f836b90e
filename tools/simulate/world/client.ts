import type { Conditions } from './conditions';
import type { Machine } from './machine';
import type { Product, ServiceName } from './product';

/** What a request led to, as whoever asked sees it. */
export type Answer =
  | { readonly kind: 'done'; readonly body: string; readonly position: number }
  | { readonly kind: 'refused'; readonly code: string }
  /** An error of the product, or no answer at all: nobody knows, and the same id asks again. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** The headers a controller sets, as Fastify would take them. */
export class Reply {
  readonly headers: Record<string, string> = {};

  header(name: string, value: string): this {
    this.headers[name] = value;
    return this;
  }

  status(): this {
    return this;
  }
}

export type Request = {
  readonly id: string;
  readonly service: ServiceName;
  readonly name: string;
  send(product: Product, reply: Reply): Promise<unknown>;
};

const PATIENCE_MILLIS = 35_000;
const LONGEST_PAUSE_MILLIS = 20_000;

/** Where requests go: the copies of a service that run now. */
export type Copies = (service: ServiceName) => readonly Product[];

/**
 * Whoever uses the product over a network: asks a running copy of a service, gives up after a while,
 * and asks again with the same id until the answer is definite.
 */
export class Client {
  pending = 0;
  /** The product says that something is wrong with itself: a bug, whatever else holds. */
  onBug: (message: string) => void = () => undefined;

  constructor(
    private readonly machine: Machine,
    private readonly conditions: Conditions,
    private readonly copies: Copies,
  ) {}

  /** Asks until the answer is definite. */
  ask(request: Request, onAnswer: (answer: Answer) => void, tries = 0): void {
    this.pending += tries === 0 ? 1 : 0;
    this.tryOnce(request, (answer) => {
      if (answer.kind !== 'unknown') {
        this.pending -= 1;
        onAnswer(answer);
        return;
      }
      const pause = Math.min(500 * 2 ** Math.min(tries, 6), LONGEST_PAUSE_MILLIS);
      this.machine.in(pause, null, () => this.ask(request, onAnswer, tries + 1));
    });
  }

  /** One try; tells `unknown` when nobody answers in time. */
  tryOnce(request: Request, onAnswer: (answer: Answer) => void): void {
    const { machine, conditions } = this;
    const copies = this.copies(request.service);
    const product = copies.length === 0 ? null : conditions.chance.one(copies);
    let isAnswered = false;
    const answer = (what: Answer): void => {
      if (isAnswered) return;
      isAnswered = true;
      onAnswer(what);
    };
    machine.touch();
    const giveUp = () => answer({ kind: 'unknown', reason: 'no answer' });
    machine.in(product === null ? 100 : PATIENCE_MILLIS, null, giveUp);
    if (product === null) return;
    machine.in(conditions.networkMillis(), product.process, () => {
      const reply = new Reply();
      const tell = (what: Answer): void =>
        void machine.in(conditions.networkMillis(), null, () => answer(what));
      request.send(product, reply).then(
        (body) =>
          tell({
            kind: 'done',
            body: JSON.stringify(body),
            position: Number(reply.headers['Ledger-Position'] ?? 0),
          }),
        (error: unknown) => {
          const { message } = error as Error;
          if (BUG.test(message)) this.onBug(message);
          tell(refusalOf(error));
        },
      );
    });
  }
}

const BUG = /^Invariant broken|is not a function|Cannot read prop|asks the machine for/;

function refusalOf(error: unknown): Answer {
  const { code, kind, message } = error as { code?: string; kind?: unknown; message: string };
  const isProblem = typeof code === 'string' && kind !== undefined;
  // Asking again is what the product says of these: the outcome of the first try is not there yet.
  const isPassing = code === 'payment-in-progress' || code === 'position-not-reached';
  return isProblem && !isPassing ? { kind: 'refused', code } : { kind: 'unknown', reason: message };
}
