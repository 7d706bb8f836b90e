import { accept, type Decision, type Instant, refuse } from '@encaisse/kernel';
import type {
  ContractActivated,
  ContractChanged,
  ContractDeactivated,
} from '@encaisse/merchant-onboarding/contract';
import type { Contract } from './contract';

/** Edits the four fields of CONT-08; a field left out keeps its value. */
export type ChangeContract = {
  readonly label?: string | undefined;
  readonly minimumMinor?: number | undefined;
  readonly maximumMinor?: number | undefined;
  readonly deferralDays?: number | undefined;
  readonly at: Instant;
};

/** Why a change is refused. When several reasons apply, the first one listed is given. */
export type ChangeContractRefusal =
  | { readonly code: 'contract-unknown' }
  | { readonly code: 'maximum-above-ceiling'; readonly ceilingMinor: number }
  | { readonly code: 'limits-out-of-order' };

export function changeContract(
  { at, ...changes }: ChangeContract,
  contract: Contract,
): Decision<ContractChanged, ChangeContractRefusal> {
  if (contract.status === 'unknown') return refuse({ code: 'contract-unknown' });
  const { contractId, ceilingMinor, ...current } = contract.terms;
  const label = changes.label ?? current.label;
  const minimumMinor = changes.minimumMinor ?? current.minimumMinor;
  const maximumMinor = changes.maximumMinor ?? current.maximumMinor;
  const deferralDays = changes.deferralDays ?? current.deferralDays;
  if (maximumMinor > ceilingMinor) return refuse({ code: 'maximum-above-ceiling', ceilingMinor });
  if (minimumMinor > maximumMinor) return refuse({ code: 'limits-out-of-order' });
  const isUnchanged =
    label === current.label &&
    minimumMinor === current.minimumMinor &&
    maximumMinor === current.maximumMinor &&
    deferralDays === current.deferralDays;
  if (isUnchanged) return accept();
  const data = { contractId, label, minimumMinor, maximumMinor, deferralDays, changedAt: at };
  return accept({ type: 'ContractChanged', data });
}

/** Stops or restores a contract; nothing happens when it already stands so. */
export function setContractActive(
  { isActive, at }: { readonly isActive: boolean; readonly at: Instant },
  contract: Contract,
): Decision<ContractActivated | ContractDeactivated, { readonly code: 'contract-unknown' }> {
  if (contract.status === 'unknown') return refuse({ code: 'contract-unknown' });
  const { contractId } = contract.terms;
  if ((contract.status === 'active') === isActive) return accept();
  return isActive
    ? accept({ type: 'ContractActivated', data: { contractId, activatedAt: at } })
    : accept({ type: 'ContractDeactivated', data: { contractId, deactivatedAt: at } });
}
