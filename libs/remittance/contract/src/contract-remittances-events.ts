import type { RemittanceOpening } from './remittance-events';

/** The category of the streams that number the remittances of a contract, one after another. */
export const CONTRACT_REMITTANCES_CATEGORY = 'remittance.contract';

/** The next number of a contract is held by a remittance, which is the only one open. */
export type RemittanceNumberAssigned = {
  readonly type: 'RemittanceNumberAssigned';
  readonly data: RemittanceOpening & {
    /** The n of `<contract>-<n>`, from 1. */
    readonly sequence: number;
  };
};

/** The remittance was built: its number is used, for good. */
export type RemittanceNumberUsed = {
  readonly type: 'RemittanceNumberUsed';
  readonly data: { readonly contractId: string; readonly remittanceId: string };
};

/** The remittance was abandoned: the next one gets its number. */
export type RemittanceNumberReturned = {
  readonly type: 'RemittanceNumberReturned';
  readonly data: { readonly contractId: string; readonly remittanceId: string };
};

export type ContractRemittancesEvent =
  RemittanceNumberAssigned | RemittanceNumberUsed | RemittanceNumberReturned;
