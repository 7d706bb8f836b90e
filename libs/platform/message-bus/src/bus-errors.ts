import {
  ContentionExhausted,
  StoreUnavailable,
  UnreadableEvent,
} from '@encaisse/platform/event-store';

/** A consumer's effect failed for a reason that lies in the message or in the consumer. */
export class EffectFailed extends Error {
  constructor(override readonly cause: unknown) {
    super('the effect of a message failed');
  }
}

/** The bus cannot work as it is set up; an operator can mend it. One line. */
export class BusRefused extends Error {}

/** Another copy of the group moved the checkpoint: it does the work now. */
export class CheckpointTaken extends Error {}

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
const LOST_CONNECTION =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|not queryable|pool after calling end/;

/**
 * Errors a message can cause: bad values (21, 22), broken constraints (23), what a function raises (P0),
 * and going on in a transaction that such an error broke (25P02).
 */
const CAUSED_BY_MESSAGE = /^(21|22|23|P0)...$|^25P02$/;

type ErrorFields = {
  readonly code?: unknown;
  readonly severity?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
};

const TROUBLES = [StoreUnavailable, ContentionExhausted, UnreadableEvent];

/**
 * Trouble of the database or of this release: trying again later may help and parking would not. An
 * unknown SQLSTATE counts as such, because a message must never be set aside for an outage.
 */
export function isWaitedOut(error: unknown): boolean {
  if (TROUBLES.some((kind) => error instanceof kind)) return true;
  if (typeof error !== 'object' || error === null) return false;
  const { code, severity, message, cause, errors } = error as ErrorFields;
  if (Array.isArray(errors)) return errors.some(isWaitedOut);
  if (typeof code === 'string') {
    if (NETWORK_CODES.has(code)) return true;
    if (typeof severity === 'string') return !CAUSED_BY_MESSAGE.test(code);
  }
  return (typeof message === 'string' && LOST_CONNECTION.test(message)) || isWaitedOut(cause);
}
