import { type Decision, type Instant, accept, businessDayOf, invariant } from '@encaisse/kernel';
import type { RemittanceBuilt, RemittanceTotals } from '@encaisse/remittance/contract';
import { hasLines } from './lines';
import type { Remittance } from './remittance';

/** Fixes the lines of a remittance, once every transaction that belongs in it is in. */
export type BuildRemittance = {
  readonly remittanceId: string;
  readonly totals: RemittanceTotals;
  readonly linesDigest: string;
  readonly at: Instant;
};

/** Never refuses: what was built stays as it is. Throws when the lines would differ from before. */
export function buildRemittance(
  { remittanceId, totals, linesDigest, at }: BuildRemittance,
  state: Remittance,
): Decision<RemittanceBuilt, never> {
  invariant(state.phase !== 'unknown' && state.phase !== 'abandoned', 'it was opened');
  if (state.built !== null) {
    invariant(state.built.linesDigest === linesDigest, 'the lines of a built remittance are fixed');
    return accept();
  }
  invariant(hasLines(totals), 'a remittance without lines is abandoned');
  const data = {
    remittanceId,
    ...totals,
    linesDigest,
    builtAt: at,
    businessDay: businessDayOf(at),
  };
  return accept({ type: 'RemittanceBuilt', data });
}
