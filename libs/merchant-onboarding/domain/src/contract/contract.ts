import { invariant, type StreamType } from '@encaisse/kernel';
import {
  CONTRACT_CATEGORY,
  type ContractEvent,
  type ContractTerms,
} from '@encaisse/merchant-onboarding/contract';

/** An acceptance contract, as decisions need it. */
export type Contract =
  | { readonly status: 'unknown' }
  | { readonly status: 'active' | 'inactive'; readonly terms: ContractTerms };

export const contractStream: StreamType<Contract, ContractEvent> = {
  category: CONTRACT_CATEGORY,
  initial: { status: 'unknown' },
  schemaVersions: {
    ContractOpened: 1,
    ContractChanged: 1,
    ContractDeactivated: 1,
    ContractActivated: 1,
  },
  evolve(state, { type, data }) {
    if (type === 'ContractOpened') {
      const { openedAt: _, ...terms } = data;
      return { status: 'active', terms };
    }
    invariant(state.status !== 'unknown', 'a contract is opened before anything else');
    switch (type) {
      case 'ContractChanged': {
        const { changedAt: _, ...changes } = data;
        return { ...state, terms: { ...state.terms, ...changes } };
      }
      case 'ContractDeactivated':
        return { ...state, status: 'inactive' };
      case 'ContractActivated':
        return { ...state, status: 'active' };
    }
  },
};
