import type { Instant, Money } from '@encaisse/kernel';
import type { AcquirerTrace, SalesChannel } from '@encaisse/ledger/domain';

/** One card payment to be authorised. Lives in memory only: it holds the whole card. */
export type AuthorizationRequest = {
  /** 12 to 19 digits. */
  readonly cardNumber: string;
  /** YYMM. */
  readonly expiry: string;
  /** Three or four digits; null when the channel has none. Sent once and kept nowhere (D7). */
  readonly verificationCode: string | null;
  /** Positive, at most twelve digits of minor units. */
  readonly amount: Money;
  /** At most fifteen characters. */
  readonly contractNumber: string;
  /** Three digits: the terminal of the contract. */
  readonly rank: string;
  readonly channel: SalesChannel;
  /** From `nextTrace`, recorded before this call so that a crash leaves something to reverse. */
  readonly trace: AcquirerTrace;
};

/**
 * What is known after asking. `unknown` may be charged and owes a reversal (D13); `not-sent` cannot be:
 * no byte of the request left the process.
 */
export type AuthorizationOutcome =
  | {
      readonly kind: 'answered';
      /** Field 39: 00 approves, `acquirerRefusalOf` names the others. */
      readonly responseCode: string;
      /** Six characters; null when refused, or when the acquirer gave none. */
      readonly authorizationNumber: string | null;
    }
  | UnknownOutcome
  | NotSent;

/** Undoes an authorisation, whether it exists or not. Repeated until it is answered. */
export type ReversalRequest = {
  /** The trace of the authorisation to undo. */
  readonly original: AcquirerTrace;
  /** The amount of the authorisation, whole. */
  readonly amount: Money;
  readonly contractNumber: string;
  readonly rank: string;
  /** The card while the vault still has it, else null: the acquirer finds the original by its trace. */
  readonly cardNumber: string | null;
  /** Null when the authorisation was never answered. */
  readonly authorizationNumber: string | null;
  /** Business time of this attempt. */
  readonly at: Instant;
};

export type ReversalOutcome =
  { readonly kind: 'answered'; readonly responseCode: string } | UnknownOutcome | NotSent;

export type UnknownOutcome = {
  readonly kind: 'unknown';
  readonly cause: 'timeout' | 'connection-lost';
};

export type NotSent = { readonly kind: 'not-sent' };

/** An answer that came when nobody waited for it any more. To be recorded; it decides nothing. */
export type LateAnswer = {
  readonly kind: 'authorization' | 'reversal';
  readonly stan: string;
  /** Reference of the exchange, of the original one for a reversal; null when it was left out. */
  readonly retrievalReference: string | null;
  readonly responseCode: string;
  readonly authorizationNumber: string | null;
};

/**
 * The acquirer. Every outcome of the network is a value; only a request that breaks the shapes above
 * throws. Time-outs run on the machine's monotonic clock, never on the business clock.
 */
export abstract class AcquirerGateway {
  /** Asks for an authorisation and waits for the answer, at most the configured time. */
  abstract authorize(request: AuthorizationRequest): Promise<AuthorizationOutcome>;

  /** Asks to undo one authorisation. Idempotent on the acquirer's side. */
  abstract reverse(request: ReversalRequest): Promise<ReversalOutcome>;

  /** Draws what will identify the next exchange. `now` is business time, and only told to the acquirer. */
  abstract nextTrace(now: Instant): AcquirerTrace;

  /** Hears every answer that comes too late, or twice. */
  abstract onLateAnswer(listener: (answer: LateAnswer) => void): void;

  /** True when a request would be sent at once. */
  abstract get isReady(): boolean;

  /** Takes no new request, lets those in flight end, and disconnects. */
  abstract close(): Promise<void>;
}
