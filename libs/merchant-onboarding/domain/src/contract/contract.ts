import { invariant, type StreamType } from '@encaisse/kernel';
import {
  type AskedChanges,
  CONTRACT_CATEGORY,
  type ContractEvent,
  type ContractTechnicalData,
  type ContractTerms,
} from '@encaisse/merchant-onboarding/contract';

/** What a command of a contract asked for, so that its repeat is known. */
export type ContractCommandContent =
  | { readonly kind: 'activate' | 'deactivate' }
  | { readonly kind: 'change'; readonly asked: AskedChanges }
  | { readonly kind: 'technical-data'; readonly technicalData: ContractTechnicalData };

/** An acceptance contract, as decisions need it. */
export type Contract =
  | { readonly status: 'unknown' }
  | {
      readonly status: 'active' | 'inactive';
      readonly terms: ContractTerms;
      readonly technicalData: ContractTechnicalData | null;
      /** The commands that changed something, by their id. */
      readonly commands: Readonly<Record<string, ContractCommandContent>>;
    };

export const contractStream: StreamType<Contract, ContractEvent> = {
  category: CONTRACT_CATEGORY,
  initial: { status: 'unknown' },
  schemaVersions: {
    ContractOpened: 1,
    ContractChanged: 2,
    ContractDeactivated: 2,
    ContractActivated: 2,
    ContractTechnicalDataRecorded: 1,
  },
  upcasters: {
    ContractChanged: { 1: (data) => ({ ...data, commandId: null, asked: null }) },
    ContractDeactivated: { 1: (data) => ({ ...data, commandId: null }) },
    ContractActivated: { 1: (data) => ({ ...data, commandId: null }) },
  },
  evolve(state, event) {
    const { type, data } = event;
    if (type === 'ContractOpened') {
      const { openedAt: _, ...terms } = data;
      return { status: 'active', terms, technicalData: null, commands: {} };
    }
    invariant(state.status !== 'unknown', 'a contract is opened before anything else');
    const content = contentOf(event);
    const { commandId } = data;
    const isKnown = commandId !== null && content !== null;
    const commands = isKnown ? { ...state.commands, [commandId]: content } : state.commands;
    switch (type) {
      case 'ContractChanged': {
        const { label, minimumMinor, maximumMinor, deferralDays } = data;
        const changes = { label, minimumMinor, maximumMinor, deferralDays };
        return { ...state, terms: { ...state.terms, ...changes }, commands };
      }
      case 'ContractDeactivated':
        return { ...state, status: 'inactive', commands };
      case 'ContractActivated':
        return { ...state, status: 'active', commands };
      case 'ContractTechnicalDataRecorded':
        return { ...state, technicalData: data.technicalData, commands };
    }
  },
};

function contentOf(
  event: Exclude<ContractEvent, { type: 'ContractOpened' }>,
): ContractCommandContent | null {
  switch (event.type) {
    case 'ContractChanged':
      return event.data.asked === null ? null : { kind: 'change', asked: event.data.asked };
    case 'ContractDeactivated':
      return { kind: 'deactivate' };
    case 'ContractActivated':
      return { kind: 'activate' };
    case 'ContractTechnicalDataRecorded':
      return { kind: 'technical-data', technicalData: event.data.technicalData };
  }
}
