import type { Money } from '@encaisse/kernel';
import type { RefusalReason } from './transaction-events';

/** What a contract says of the payments it takes (CONT-04). */
export type ContractTerms = {
  readonly isActive: boolean;
  /** Minor units, inclusive; null when there is no bound. In the currency of the contract. */
  readonly minimumMinor: number | null;
  readonly maximumMinor: number | null;
};

/** Why a contract does not take a payment (CONT-09); null when it does. */
export function contractRefusalReason(
  terms: ContractTerms,
  { minor }: Money,
): Extract<RefusalReason, 'CONTRACT_INACTIVE' | 'AMOUNT_OUT_OF_RANGE'> | null {
  if (!terms.isActive) return 'CONTRACT_INACTIVE';
  const isBelow = terms.minimumMinor !== null && minor < terms.minimumMinor;
  const isAbove = terms.maximumMinor !== null && minor > terms.maximumMinor;
  return isBelow || isAbove ? 'AMOUNT_OUT_OF_RANGE' : null;
}
