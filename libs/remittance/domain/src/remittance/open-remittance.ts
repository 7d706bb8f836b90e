import { type Decision, accept } from '@encaisse/kernel';
import type { RemittanceOpened, RemittanceOpening } from '@encaisse/remittance/contract';
import type { Remittance } from './remittance';

/** Begins a remittance with the number its contract gave it. Never refuses: opened once is enough. */
export function openRemittance(
  opening: RemittanceOpening,
  state: Remittance,
): Decision<RemittanceOpened, never> {
  return state.phase === 'unknown' ? accept({ type: 'RemittanceOpened', data: opening }) : accept();
}
