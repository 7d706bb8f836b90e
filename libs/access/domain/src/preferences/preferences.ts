import {
  accept,
  canonicalJson,
  type Decision,
  type Instant,
  type StreamType,
} from '@encaisse/kernel';
import {
  PREFERENCES_CATEGORY,
  type Preferences,
  type PreferencesSaved,
} from '@encaisse/access/contract';

/** The pages one can begin with; the statistics unless told otherwise (NAV-05). */
export const LANDING_PAGES = [
  'statistics',
  'transactions',
  'remittances',
  'instalment-plans',
  'subscriptions',
  'jrb',
  'parameters',
  'contracts',
  'blocked-cards',
] as const;

export const FIRST_PREFERENCES: Preferences = {
  landingPage: 'statistics',
  journalColumns: null,
  savedSearches: [],
};

export const preferencesStream: StreamType<Preferences, PreferencesSaved> = {
  category: PREFERENCES_CATEGORY,
  initial: FIRST_PREFERENCES,
  schemaVersions: { PreferencesSaved: 1 },
  evolve(_state, { data: { userId: _userId, savedAt: _savedAt, ...preferences } }) {
    return preferences;
  },
};

/** Keeps what a user chose; nothing happens when it stands so already. */
export function savePreferences(
  { userId, at, ...preferences }: Preferences & { readonly userId: string; readonly at: Instant },
  state: Preferences,
): Decision<PreferencesSaved, never> {
  if (canonicalJson(state) === canonicalJson(preferences)) return accept();
  return accept({ type: 'PreferencesSaved', data: { ...preferences, userId, savedAt: at } });
}
