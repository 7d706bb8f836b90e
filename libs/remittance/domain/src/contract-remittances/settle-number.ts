import { type Decision, accept } from '@encaisse/kernel';
import type { RemittanceNumberReturned, RemittanceNumberUsed } from '@encaisse/remittance/contract';
import type { ContractRemittances } from './contract-remittances';

/** Ends the making of a remittance: its number is used, or free for the next one. */
export type SettleNumber = {
  readonly contractId: string;
  readonly remittanceId: string;
  readonly outcome: 'built' | 'abandoned';
};

/** Never refuses: what was settled before stays so. */
export function settleNumber(
  { contractId, remittanceId, outcome }: SettleNumber,
  state: ContractRemittances,
): Decision<RemittanceNumberUsed | RemittanceNumberReturned, never> {
  if (state.open?.remittanceId !== remittanceId) return accept();
  const data = { contractId, remittanceId };
  return outcome === 'built'
    ? accept({ type: 'RemittanceNumberUsed', data })
    : accept({ type: 'RemittanceNumberReturned', data });
}
