import {
  CONTRACT_FILTERS,
  CONTRACT_STATES,
  type Directory,
  isContractFound,
} from '@encaisse/merchant-onboarding/contract';
import { filtersOf, listedValues, type Query, refuseUnknown } from '@encaisse/platform/lists';
import type { ReadScope } from '../backoffice-directory';

/** A contract with the names of the places it belongs to, as its columns show them. */
export type ContractRow = Readonly<Record<string, unknown>>;

/** The contracts a search finds (CONT-01). Throws the problem of the first parameter that breaks a rule. */
export function foundContracts(
  query: Query,
  { nodeId, environment }: ReadScope,
  directory: Directory,
  others: readonly string[],
): readonly ContractRow[] {
  refuseUnknown(query, ['nodeId', ...CONTRACT_FILTERS, ...others]);
  listedValues(query, 'state', CONTRACT_STATES);
  const filters = filtersOf(query, CONTRACT_FILTERS);
  return directory
    .contractsAtOrBelow(nodeId, environment)
    .filter((contract) => isContractFound(contract, filters, directory))
    .map((contract) => ({
      ...contract,
      brandName: directory.brandOf(contract.shopId)?.name ?? '',
      shopName: directory.node(contract.shopId)?.name ?? '',
    }));
}
