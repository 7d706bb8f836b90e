/** The invariants of the reliability programme that a simulation can break, and how far each is checked. */
export const INVARIANTS = {
  M1: 'captured ≤ authorised, one capture per authorisation',
  M2: 'refunds ≤ captured, after the sending only',
  M3: 'cancelled only while to send, then amount 0',
  M4: 'no capture, cancel or refund after 75 days, in Paris days',
  M5: 'type, status and acquirer status are a row of the table',
  M6: 'each due transaction in one remittance, totals = sum of members, fixed once sent',
  M7: 'double entry',
  M8: 'whole minor units, one currency per transaction',
  M9: 'instalment schedules',
  M10: 'a blocked card is refused at its merchant only, from the block to its lifting',
  M11: 'reconciliation',
  M12: 'intent before the call, no live authorisation of an unknown or refused payment',
  L1: 'acknowledged ⇒ in the log',
  L2: 'dense versions and positions',
  L3: 'same id, same answer; other content refused',
  L4: 'readers see positions in order and without gaps',
  L5: 'events never change',
  L7: 'recordedAt never goes back',
  P1: 'read model = fold of the log up to its checkpoint, any batch size',
  P2: 'statistics = an independent fold',
  P4: 'no event skipped, every reader reaches the end',
  P5: 'every message takes effect once, in order per key',
  P6: 'the same seed gives the same log',
  S2: 'stored bytes do not depend on the verification code',
  CRASH: 'no rejection that nobody handles, no statement nobody knows',
} as const;
export type Invariant = keyof typeof INVARIANTS;

/** An invariant that did not hold. Ends the seed. */
export class InvariantBroken extends Error {
  constructor(
    readonly invariant: Invariant,
    detail: string,
  ) {
    super(`${invariant} (${INVARIANTS[invariant]}): ${detail}`);
  }
}

export function hold(condition: boolean, invariant: Invariant, detail: () => string): void {
  if (!condition) throw new InvariantBroken(invariant, detail());
}

/** What a product writes to its log when something is wrong with itself. */
export function isBugTold(line: string): boolean {
  return /Invariant broken|is not a function|Cannot read prop|asks the machine for/.test(line);
}

/** Node ends a process for a rejection that nobody handles: so does the simulation. */
export function unhandled(error: unknown): InvariantBroken {
  if (error instanceof InvariantBroken) return error;
  const { stack, during } = error as { readonly stack?: string; readonly during?: string };
  return new InvariantBroken('CRASH', `${stack ?? String(error)}\nduring ${during ?? '?'}`);
}
