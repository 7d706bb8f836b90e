import type { Directory, DirectoryContract } from './directory';

/** What a list of contracts can be narrowed by (CONT-01), the node apart. */
export const CONTRACT_FILTERS = [
  'contractNumber',
  'rank',
  'paymentMeans',
  'state',
  'search',
] as const;
export type ContractFilters = Readonly<Record<(typeof CONTRACT_FILTERS)[number], string | null>>;

export const CONTRACT_STATES = ['active', 'inactive'] as const;

/** Whether a contract is one of those looked for. `search` is a part of its number, label or shop's name. */
export function isContractFound(
  contract: DirectoryContract,
  filters: ContractFilters,
  directory: Directory,
): boolean {
  const { contractNumber, rank, paymentMeans, state, search } = filters;
  const shopName = directory.node(contract.shopId)?.name ?? '';
  const text = `${contract.contractNumber} ${contract.label} ${shopName}`.toLowerCase();
  return (
    (contractNumber ?? contract.contractNumber) === contract.contractNumber &&
    (rank ?? contract.rank) === contract.rank &&
    (paymentMeans ?? contract.paymentMeans) === contract.paymentMeans &&
    (state === null || (state === 'active') === contract.isActive) &&
    text.includes((search ?? '').toLowerCase())
  );
}
