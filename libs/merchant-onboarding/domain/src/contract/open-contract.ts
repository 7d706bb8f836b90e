import { accept, type Decision, type Instant, refuse } from '@encaisse/kernel';
import type { ContractOpened, ContractTerms } from '@encaisse/merchant-onboarding/contract';
import type { Contract } from './contract';

/** Opens an acceptance contract of a shop. */
export type OpenContract = ContractTerms & {
  readonly at: Instant;
  /** Whether the shop exists and is a shop. */
  readonly isShop: boolean;
  /** Another contract of the environment that holds the same number, rank, means and currency. */
  readonly twinContractId: string | null;
};

/** Why a contract is refused. When several reasons apply, the first one listed is given. */
export type OpenContractRefusal =
  | { readonly code: 'id-reused' }
  | { readonly code: 'shop-unknown' }
  | { readonly code: 'limits-out-of-order' }
  | { readonly code: 'contract-number-taken'; readonly contractNumber: string };

export function openContract(
  { at, isShop, twinContractId, ...terms }: OpenContract,
  contract: Contract,
): Decision<ContractOpened, OpenContractRefusal> {
  if (contract.status !== 'unknown') {
    const isReplay = (Object.keys(terms) as (keyof ContractTerms)[]).every(
      (field) => contract.terms[field] === terms[field],
    );
    return isReplay ? accept() : refuse({ code: 'id-reused' });
  }
  if (!isShop) return refuse({ code: 'shop-unknown' });
  const { minimumMinor, maximumMinor, ceilingMinor } = terms;
  if (minimumMinor > maximumMinor || maximumMinor > ceilingMinor)
    return refuse({ code: 'limits-out-of-order' });
  if (twinContractId !== null)
    return refuse({ code: 'contract-number-taken', contractNumber: terms.contractNumber });
  return accept({ type: 'ContractOpened', data: { ...terms, openedAt: at } });
}
