import {
  accept,
  type Decision,
  type Environment,
  type Instant,
  plusMillis,
  refuse,
} from '@encaisse/kernel';
import type { HmacKeyEvent, HmacKeyKind } from '@encaisse/merchant-onboarding/contract';
import { type HmacKeys, keyInForce } from './hmac-key';
import type { PassphraseStrength } from './passphrase-strength';

const DAY_MILLIS = 86_400_000;
/** Days a link can be followed (HMAC-11). */
const CONFIRMABLE_DAYS = 7;
/** Days a trial key works (HMAC-16). */
const TRIAL_DAYS = 30;

/** Makes a key of a passphrase. The passphrase itself is told to nobody, its strength is enough. */
export type CreateHmacKey = {
  readonly keyId: string;
  readonly shopId: string;
  readonly environment: Environment;
  readonly kind: HmacKeyKind;
  readonly passphrase: PassphraseStrength;
  /** Whether the vault holds under this id the key that the passphrase gives; null when it holds none. */
  readonly isSameKey: boolean | null;
  /** Whether somebody can be written to: the mail with the link is what confirms a key. */
  readonly hasAddress: boolean;
  /** Whether the shop has an active contract: it is no prospect any more. */
  readonly hasActiveContract: boolean;
  readonly at: Instant;
};

/** Why a key is refused. When several reasons apply, the first one listed is given. */
export type CreateHmacKeyRefusal =
  | { readonly code: 'id-reused' }
  | { readonly code: 'passphrase-too-weak'; readonly length: number; readonly strength: number }
  | { readonly code: 'integrator-address-missing' }
  | { readonly code: 'trial-not-possible'; readonly because: TrialObstacle };

/** A trial is for the test environment, before any contract is active, and once only. */
export type TrialObstacle = 'PRODUCTION' | 'ACTIVE_CONTRACT' | 'KEY_IN_FORCE' | 'TRIED_BEFORE';

export function createHmacKey(
  command: CreateHmacKey,
  state: HmacKeys,
): Decision<HmacKeyEvent, CreateHmacKeyRefusal> {
  const { keyId, kind, passphrase, at } = command;
  const earlier = state.keys.find((key) => key.keyId === keyId);
  if (earlier !== undefined) {
    const isRepeat = earlier.kind === kind && command.isSameKey === true;
    return isRepeat ? accept() : refuse({ code: 'id-reused' });
  }
  if (command.isSameKey === false) return refuse({ code: 'id-reused' });
  const { length, strength, isAccepted } = passphrase;
  if (!isAccepted) return refuse({ code: 'passphrase-too-weak', length, strength });
  if (kind === 'TRIAL') return createTrial(command, state);
  if (!command.hasAddress) return refuse({ code: 'integrator-address-missing' });
  const confirmableUntil = plusMillis(at, CONFIRMABLE_DAYS * DAY_MILLIS);
  const place = placeOf(command);
  return accept(...discardUnconfirmed(state, at), {
    type: 'HmacKeyCreated',
    data: { ...place, kind, confirmableUntil, createdAt: at },
  });
}

function createTrial(
  command: CreateHmacKey,
  state: HmacKeys,
): Decision<HmacKeyEvent, CreateHmacKeyRefusal> {
  const { kind, at } = command;
  const because = obstacleOf(command, state);
  if (because !== null) return refuse({ code: 'trial-not-possible', because });
  const place = placeOf(command);
  const expiresAt = plusMillis(at, TRIAL_DAYS * DAY_MILLIS);
  return accept(
    ...discardUnconfirmed(state, at),
    { type: 'HmacKeyCreated', data: { ...place, kind, confirmableUntil: null, createdAt: at } },
    { type: 'HmacKeyActivated', data: { ...place, expiresAt, activatedAt: at } },
  );
}

function obstacleOf(command: CreateHmacKey, state: HmacKeys): TrialObstacle | null {
  if (command.environment === 'PRODUCTION') return 'PRODUCTION';
  if (command.hasActiveContract) return 'ACTIVE_CONTRACT';
  if (keyInForce(state, command.at) !== undefined) return 'KEY_IN_FORCE';
  return state.keys.some(({ kind }) => kind === 'TRIAL') ? 'TRIED_BEFORE' : null;
}

function placeOf({ keyId, shopId, environment }: CreateHmacKey) {
  return { keyId, shopId, environment };
}

/** A newer key makes the links of those before it useless. */
function discardUnconfirmed({ keys }: HmacKeys, at: Instant): HmacKeyEvent[] {
  return keys
    .filter(({ status }) => status === 'CREATED')
    .map(({ keyId, shopId, environment }) => ({
      type: 'HmacKeyDiscarded',
      data: { keyId, shopId, environment, reason: 'NEWER_KEY', discardedAt: at },
    }));
}
