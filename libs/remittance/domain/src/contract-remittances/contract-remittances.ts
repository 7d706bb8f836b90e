import { type StreamType, invariant } from '@encaisse/kernel';
import {
  CONTRACT_REMITTANCES_CATEGORY,
  type ContractRemittancesEvent,
  type RemittanceOpening,
} from '@encaisse/remittance/contract';

/** The remittances of one contract, as far as numbering them one by one needs it (D10). */
export type ContractRemittances = {
  /** Numbers used for good: the last one is this. */
  readonly usedSequence: number;
  /** How many remittances were ever opened, abandoned ones included. Names the next one. */
  readonly openedCount: number;
  /** The remittance being made. One at a time. */
  readonly open: RemittanceOpening | null;
};

const INITIAL: ContractRemittances = { usedSequence: 0, openedCount: 0, open: null };

function evolve(
  state: ContractRemittances,
  { type, data }: ContractRemittancesEvent,
): ContractRemittances {
  switch (type) {
    case 'RemittanceNumberAssigned': {
      const { sequence, ...opening } = data;
      invariant(state.open === null, 'one remittance of a contract is open at a time');
      invariant(sequence === state.usedSequence + 1, 'the numbers of a contract have no gaps');
      return { ...state, openedCount: state.openedCount + 1, open: opening };
    }
    case 'RemittanceNumberUsed':
      invariant(state.open?.remittanceId === data.remittanceId, 'only the open one is closed');
      return { ...state, usedSequence: state.usedSequence + 1, open: null };
    case 'RemittanceNumberReturned':
      invariant(state.open?.remittanceId === data.remittanceId, 'only the open one is closed');
      return { ...state, open: null };
  }
}

/**
 * Numbers the remittances of a contract without gaps and lets one be made at a time. Its id is the
 * contract's. What decides races between processes is the expected revision of this stream.
 */
export const contractRemittancesStream: StreamType<ContractRemittances, ContractRemittancesEvent> =
  {
    category: CONTRACT_REMITTANCES_CATEGORY,
    initial: INITIAL,
    evolve,
    schemaVersions: {
      RemittanceNumberAssigned: 1,
      RemittanceNumberUsed: 1,
      RemittanceNumberReturned: 1,
    },
  };
