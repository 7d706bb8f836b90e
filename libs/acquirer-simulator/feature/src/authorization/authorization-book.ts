import { type Verdict, isApproval, verdictOn } from './verdict';

/** What one exchange is known by: the fields both its request and its reversal name. */
export type ExchangeReference = {
  readonly stan: string;
  readonly transmissionTime: string;
  readonly contract: string;
  readonly terminal: string;
  readonly retrievalReference: string;
};

/** What the acquirer holds of an authorisation. */
export type Authorization = {
  readonly verdict: Verdict;
  /** Six characters, null when refused. */
  readonly authorizationNumber: string | null;
  readonly isReversed: boolean;
};

const NUMBERS = 1_000_000;

/**
 * What the simulated acquirer remembers: each authorisation it decided and each reversal it took, by
 * exchange. Both are idempotent. Beyond `capacity` the oldest are forgotten, live ones are still counted.
 */
export class AuthorizationBook {
  private readonly authorizations = new Map<string, Authorization>();
  private readonly reversals = new Set<string>();
  private lastNumber = 0;
  private live = 0;

  constructor(private readonly capacity: number) {}

  /** Authorisations approved and not reversed: money a cardholder would be short of. */
  get liveAuthorizations(): number {
    return this.live;
  }

  /** Decides once per exchange: the same request again gets the same answer. */
  authorize(reference: ExchangeReference, amount: string): Authorization {
    const key = keyOf(reference);
    const earlier = this.authorizations.get(key);
    if (earlier) return earlier;
    const verdict = verdictOn(amount);
    const approves = isApproval(verdict.responseCode);
    const isReversed = this.reversals.has(key);
    const authorizationNumber = approves ? this.nextNumber() : null;
    const authorization = { verdict, authorizationNumber, isReversed };
    if (approves && !isReversed) this.live += 1;
    this.authorizations.set(key, authorization);
    forgetOldest(this.authorizations, this.capacity);
    return authorization;
  }

  /** Undoes an authorisation, known or not: one that comes after its reversal is never live. */
  reverse(reference: ExchangeReference): void {
    const key = keyOf(reference);
    this.reversals.add(key);
    forgetOldest(this.reversals, this.capacity);
    const authorization = this.authorizations.get(key);
    if (!authorization || authorization.isReversed) return;
    if (authorization.authorizationNumber !== null) this.live -= 1;
    this.authorizations.set(key, { ...authorization, isReversed: true });
  }

  private nextNumber(): string {
    this.lastNumber = (this.lastNumber + 1) % NUMBERS;
    return String(this.lastNumber).padStart(6, '0');
  }
}

function keyOf(reference: ExchangeReference): string {
  const { stan, transmissionTime, contract, terminal, retrievalReference } = reference;
  return [stan, transmissionTime, contract, terminal, retrievalReference].join('|');
}

function forgetOldest(
  kept: { readonly size: number; keys(): Iterator<string>; delete(key: string): boolean },
  capacity: number,
): void {
  if (kept.size <= capacity) return;
  const oldest = kept.keys().next();
  if (oldest.done !== true) kept.delete(oldest.value);
}
