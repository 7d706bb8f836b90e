import type { Context } from '../world/fleet';

/** What a client asks of the product; the id makes every retry the same request. */
export type CommandKind = 'payment' | 'capture' | 'cancel' | 'refund' | 'modify' | 'telecollect';

/** The body of an answer, as far as the laboratory looks at it. */
export type AnswerBody = Readonly<Record<string, unknown>>;

/**
 * - `open`: sent, and nothing is known yet.
 * - `acknowledged`: the product said that it is done (2xx).
 * - `refused`: the product said that it is not done, and why (4xx).
 */
export type CommandState = 'open' | 'acknowledged' | 'refused';

/** One command with all that its client came to know. */
export type Command = {
  readonly id: string;
  readonly kind: CommandKind;
  readonly context: Context;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** The transaction it is about; for a payment its own id. */
  readonly transactionId: string;
  readonly amountMinor: number | null;
  state: CommandState;
  status: number;
  answer: AnswerBody;
  /** `Ledger-Position` of the acknowledgement. */
  position: number;
  tries: number;
  /** When its outcome first became unknown, in milliseconds of the run; null when it never was. */
  unknownSince: number | null;
  settledAt: number | null;
};

export function newCommand(
  given: Pick<
    Command,
    'id' | 'kind' | 'context' | 'path' | 'body' | 'transactionId' | 'amountMinor'
  >,
): Command {
  return {
    ...given,
    state: 'open',
    status: 0,
    answer: {},
    position: 0,
    tries: 0,
    unknownSince: null,
    settledAt: null,
  };
}

/** Refusals that only say « not now »: the same request, later, gets its answer. */
const NOT_NOW: readonly string[] = ['payment-in-progress', 'lost-race'];

/** What an answer tells of a command. `unknown` leaves open whether it was done. */
export function verdictOf(status: number, body: AnswerBody): CommandState | 'unknown' {
  if (status >= 200 && status < 300) return 'acknowledged';
  const type = typeof body['type'] === 'string' ? body['type'] : '';
  if (status === 409 && NOT_NOW.some((code) => type.endsWith(`/${code}`))) return 'unknown';
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) return 'refused';
  return 'unknown';
}
