import { type Decision, accept, refuse } from '@encaisse/kernel';
import type { RemittanceNumberAssigned, RemittanceOpening } from '@encaisse/remittance/contract';
import type { ContractRemittances } from './contract-remittances';

/** Gives the next number of a contract to a remittance that begins. */
export type AssignNumber = Omit<RemittanceOpening, 'number'> & {
  /** What stands before the dash: the contract's number, told apart when contracts share it. */
  readonly numberPrefix: string;
};

/** The contract's last remittance is still being made: it comes first. */
export type AssignNumberRefusal = {
  readonly code: 'remittance-open';
  readonly open: RemittanceOpening;
};

export function assignNumber(
  { numberPrefix, ...opening }: AssignNumber,
  state: ContractRemittances,
): Decision<RemittanceNumberAssigned, AssignNumberRefusal> {
  if (state.open?.remittanceId === opening.remittanceId) return accept();
  if (state.open !== null) return refuse({ code: 'remittance-open', open: state.open });
  const sequence = state.usedSequence + 1;
  const number = `${numberPrefix}-${sequence}`;
  return accept({ type: 'RemittanceNumberAssigned', data: { ...opening, number, sequence } });
}

/**
 * What stands before the dash in the numbers of a contract. Contracts of one number (of two means, or
 * of TEST and PRODUCTION) are told apart by the order in which they were opened, so that no two
 * remittances of the installation share a number: 1234567-1, 1234567.2-1.
 */
export function numberPrefixOf(
  contract: { readonly contractId: string; readonly contractNumber: string },
  all: Iterable<{ readonly contractId: string; readonly contractNumber: string }>,
): string {
  let place = 1;
  for (const other of all) {
    if (other.contractId === contract.contractId) break;
    if (other.contractNumber === contract.contractNumber) place += 1;
  }
  return place === 1 ? contract.contractNumber : `${contract.contractNumber}.${place}`;
}
