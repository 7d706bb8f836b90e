import { type Decision, type Instant, accept, invariant } from '@encaisse/kernel';
import type { RemittanceAbandoned } from '@encaisse/remittance/contract';
import type { Remittance } from './remittance';

/** Gives up a remittance that no transaction entered. Never refuses; throws once it is built. */
export function abandonRemittance(
  { remittanceId, at }: { readonly remittanceId: string; readonly at: Instant },
  state: Remittance,
): Decision<RemittanceAbandoned, never> {
  if (state.phase === 'abandoned') return accept();
  invariant(state.phase === 'open', 'only a remittance being made is abandoned');
  return accept({ type: 'RemittanceAbandoned', data: { remittanceId, abandonedAt: at } });
}
