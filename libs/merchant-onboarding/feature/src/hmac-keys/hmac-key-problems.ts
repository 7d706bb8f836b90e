import type {
  ConfirmHmacKeyRefusal,
  CreateHmacKeyRefusal,
} from '@encaisse/merchant-onboarding/domain';
import { problems } from '@encaisse/platform/http';

/** One row per refusal: a refusal without its row does not compile. */
export const CREATE_PROBLEMS = problems<CreateHmacKeyRefusal['code']>({
  'id-reused': { status: 409, title: 'This id was used for another request' },
  'passphrase-too-weak': { status: 422, title: 'The passphrase is too weak' },
  'integrator-address-missing': {
    status: 422,
    title: 'Nobody can be written to for the confirmation',
  },
  'trial-not-possible': { status: 409, title: 'A trial key is not possible here' },
});

export const CONFIRM_PROBLEMS = problems<ConfirmHmacKeyRefusal['code']>({
  'key-link-unknown': { status: 404, title: 'The link stands for no key' },
  'key-link-used': { status: 409, title: 'The link was used already' },
  'key-link-ended': { status: 410, title: 'The link has ended' },
});

const TRIAL_OBSTACLES = {
  PRODUCTION: 'a trial key is for the test environment',
  ACTIVE_CONTRACT: 'the shop has an active contract: create a key of its own',
  KEY_IN_FORCE: 'a key is in force already',
  TRIED_BEFORE: 'a trial key is given once',
} as const;

export function createRefusalDetail(refusal: CreateHmacKeyRefusal): string {
  switch (refusal.code) {
    case 'passphrase-too-weak':
      return `/passphrase must have at least 15 characters and a strength of 90 %: it has ${refusal.length} and ${refusal.strength} %`;
    case 'integrator-address-missing':
      return 'set emails.integrator in the settings of the shop first';
    case 'trial-not-possible':
      return TRIAL_OBSTACLES[refusal.because];
    default:
      return refusal.code;
  }
}
