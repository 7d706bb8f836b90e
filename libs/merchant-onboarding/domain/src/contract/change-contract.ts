import { accept, canonicalJson, type Decision, type Instant, refuse } from '@encaisse/kernel';
import type {
  AskedChanges,
  ContractActivated,
  ContractChanged,
  ContractDeactivated,
  ContractTechnicalData,
  ContractTechnicalDataRecorded,
} from '@encaisse/merchant-onboarding/contract';
import type { Contract, ContractCommandContent } from './contract';

type Command = { readonly commandId: string; readonly at: Instant };

/** Edits the four fields of CONT-08; a field that is null keeps its value. */
export type ChangeContract = Command & { readonly asked: AskedChanges };

type KnownOrReused = { readonly code: 'contract-unknown' } | { readonly code: 'id-reused' };

/** Why a change is refused. When several reasons apply, the first one listed is given. */
export type ChangeContractRefusal =
  | KnownOrReused
  | { readonly code: 'maximum-above-ceiling'; readonly ceilingMinor: number }
  | { readonly code: 'limits-out-of-order' };

type KnownContract = Exclude<Contract, { status: 'unknown' }>;

export function changeContract(
  { commandId, asked, at }: ChangeContract,
  contract: Contract,
): Decision<ContractChanged, ChangeContractRefusal> {
  if (contract.status === 'unknown') return refuse({ code: 'contract-unknown' });
  const repeat = repeatOf(commandId, { kind: 'change', asked }, contract);
  if (repeat !== null) return repeat;
  const { contractId, ceilingMinor, ...current } = contract.terms;
  const label = asked.label ?? current.label;
  const minimumMinor = asked.minimumMinor ?? current.minimumMinor;
  const maximumMinor = asked.maximumMinor ?? current.maximumMinor;
  const deferralDays = asked.deferralDays ?? current.deferralDays;
  if (maximumMinor > ceilingMinor) return refuse({ code: 'maximum-above-ceiling', ceilingMinor });
  if (minimumMinor > maximumMinor) return refuse({ code: 'limits-out-of-order' });
  const isUnchanged =
    label === current.label &&
    minimumMinor === current.minimumMinor &&
    maximumMinor === current.maximumMinor &&
    deferralDays === current.deferralDays;
  if (isUnchanged) return accept();
  const values = { label, minimumMinor, maximumMinor, deferralDays };
  const data = { contractId, commandId, ...values, asked, changedAt: at };
  return accept({ type: 'ContractChanged', data });
}

/** Stops or restores a contract; nothing happens when it already stands so. */
export function setContractActive(
  { commandId, isActive, at }: Command & { readonly isActive: boolean },
  contract: Contract,
): Decision<ContractActivated | ContractDeactivated, KnownOrReused> {
  if (contract.status === 'unknown') return refuse({ code: 'contract-unknown' });
  const repeat = repeatOf(commandId, { kind: isActive ? 'activate' : 'deactivate' }, contract);
  if (repeat !== null) return repeat;
  const { contractId } = contract.terms;
  if ((contract.status === 'active') === isActive) return accept();
  return isActive
    ? accept({ type: 'ContractActivated', data: { contractId, commandId, activatedAt: at } })
    : accept({ type: 'ContractDeactivated', data: { contractId, commandId, deactivatedAt: at } });
}

/** Records what bank and operator tell of a contract, whole. */
export function recordTechnicalData(
  { commandId, technicalData, at }: Command & { readonly technicalData: ContractTechnicalData },
  contract: Contract,
): Decision<ContractTechnicalDataRecorded, KnownOrReused> {
  if (contract.status === 'unknown') return refuse({ code: 'contract-unknown' });
  const repeat = repeatOf(commandId, { kind: 'technical-data', technicalData }, contract);
  if (repeat !== null) return repeat;
  const { contractId } = contract.terms;
  const data = { contractId, commandId, technicalData, recordedAt: at };
  return accept({ type: 'ContractTechnicalDataRecorded', data });
}

/** A command that comes again changes nothing, whatever was done since; null for a new one. */
function repeatOf(
  commandId: string,
  content: ContractCommandContent,
  { commands }: KnownContract,
): Decision<never, { readonly code: 'id-reused' }> | null {
  const earlier = commands[commandId];
  if (earlier === undefined) return null;
  const isSame = canonicalJson(earlier) === canonicalJson(content);
  return isSame ? accept() : refuse({ code: 'id-reused' });
}
