import type { Instant } from '@encaisse/kernel';

export const PREFERENCES_CATEGORY = 'access.preferences';

/** A search kept under a name: filters as the search route takes them, none that names a person. */
export type SavedSearch = {
  readonly name: string;
  readonly filters: Readonly<Record<string, string>>;
};

/** What one user likes to see; all of it each time, as it stands afterwards. */
export type Preferences = {
  /** The page shown after signing in (NAV-05). */
  readonly landingPage: string;
  /** Columns of the journal in their order; null shows those of the product (TRX-21). */
  readonly journalColumns: readonly string[] | null;
  readonly savedSearches: readonly SavedSearch[];
};

export type PreferencesSaved = {
  readonly type: 'PreferencesSaved';
  readonly data: Preferences & { readonly userId: string; readonly savedAt: Instant };
};
