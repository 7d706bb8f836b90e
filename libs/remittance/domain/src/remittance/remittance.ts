import { type Instant, type StreamType, invariant } from '@encaisse/kernel';
import {
  REMITTANCE_CATEGORY,
  type RemittanceBuilt,
  type RemittanceEvent,
  type RemittanceOpening,
  type RemittanceStatus,
} from '@encaisse/remittance/contract';

/** Where the making and sending of a remittance stands. `open` is to send as people see it. */
export type RemittancePhase = 'open' | 'abandoned' | 'to-send' | 'sent' | 'accepted' | 'rejected';

/** A remittance, as decisions need it. */
export type Remittance =
  | { readonly phase: 'unknown' }
  | {
      readonly phase: RemittancePhase;
      readonly opening: RemittanceOpening;
      readonly built: RemittanceBuilt['data'] | null;
      /** The attempt to send that is due or was made; 0 until built. */
      readonly attempt: number;
      /** The instant its files of this attempt are dated. */
      readonly filesDatedAt: Instant;
      /** Resendings already asked for, so that a repetition is recognised. */
      readonly resendIds: readonly string[];
    };

type Known = Exclude<Remittance, { phase: 'unknown' }>;

function known(state: Remittance, ...phases: readonly RemittancePhase[]): Known {
  invariant(state.phase !== 'unknown', 'a remittance is opened before anything else');
  invariant(phases.includes(state.phase), `this cannot follow the phase ${state.phase}`);
  return state;
}

function evolve(state: Remittance, { type, data }: RemittanceEvent): Remittance {
  switch (type) {
    case 'RemittanceOpened':
      invariant(state.phase === 'unknown', 'a remittance is opened once');
      return {
        phase: 'open',
        opening: data,
        built: null,
        attempt: 0,
        filesDatedAt: data.openedAt,
        resendIds: [],
      };
    case 'RemittanceBuilt':
      return {
        ...known(state, 'open'),
        phase: 'to-send',
        built: data,
        attempt: 1,
        filesDatedAt: data.builtAt,
      };
    case 'RemittanceAbandoned':
      return { ...known(state, 'open'), phase: 'abandoned' };
    case 'RemittanceSent':
      return { ...known(state, 'to-send'), phase: 'sent' };
    case 'RemittanceAccepted':
      return { ...known(state, 'sent'), phase: 'accepted' };
    case 'RemittanceRejected':
      return { ...known(state, 'sent'), phase: 'rejected' };
    case 'RemittanceResendRequested': {
      const rejected = known(state, 'rejected');
      return {
        ...rejected,
        phase: 'to-send',
        attempt: data.attempt,
        filesDatedAt: data.requestedAt,
        resendIds: [...rejected.resendIds, data.operationId],
      };
    }
  }
}

/** The life of one remittance: opened, built, sent, answered (state-model §5). */
export const remittanceStream: StreamType<Remittance, RemittanceEvent> = {
  category: REMITTANCE_CATEGORY,
  initial: { phase: 'unknown' },
  evolve,
  schemaVersions: {
    RemittanceOpened: 1,
    RemittanceBuilt: 1,
    RemittanceAbandoned: 1,
    RemittanceSent: 1,
    RemittanceAccepted: 1,
    RemittanceRejected: 1,
    RemittanceResendRequested: 1,
  },
};

const STATUSES: Readonly<Record<RemittancePhase, RemittanceStatus | null>> = {
  open: 'TO_SEND',
  abandoned: null,
  'to-send': 'TO_SEND',
  sent: 'SENT',
  accepted: 'ACCEPTED',
  rejected: 'REJECTED',
};

/** The status people see (REM-07); null for what nobody sees. */
export function statusOf(state: Remittance): RemittanceStatus | null {
  return state.phase === 'unknown' ? null : STATUSES[state.phase];
}
