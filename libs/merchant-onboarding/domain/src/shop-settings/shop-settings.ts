import type { StreamType } from '@encaisse/kernel';
import {
  type PersonReference,
  SHOP_SETTINGS_CATEGORY,
  type ShopEmail,
  type ShopOption,
  type ShopSettingsEvent,
  type ShopUrl,
} from '@encaisse/merchant-onboarding/contract';

/** The settings of a shop in one environment. */
export type ShopSettings = {
  readonly emails: Readonly<Partial<Record<ShopEmail, PersonReference>>>;
  readonly urls: Readonly<Partial<Record<ShopUrl, string>>>;
  readonly isImmediateReturn: boolean;
  /** Tickets are received unless the merchant says otherwise. */
  readonly isTicketReceived: boolean;
  readonly options: readonly ShopOption[];
  /** Fingerprints of the commands that changed something, by their id. */
  readonly changes: Readonly<Record<string, string>>;
};

export const shopSettingsStream: StreamType<ShopSettings, ShopSettingsEvent> = {
  category: SHOP_SETTINGS_CATEGORY,
  initial: {
    emails: {},
    urls: {},
    isImmediateReturn: false,
    isTicketReceived: true,
    options: [],
    changes: {},
  },
  schemaVersions: {
    ShopEmailChanged: 1,
    ShopUrlChanged: 1,
    ImmediateReturnSwitched: 1,
    TicketReceptionSwitched: 1,
    ShopOptionSwitched: 1,
  },
  evolve(state, event) {
    const { changeId, fingerprint } = event.data;
    return { ...changed(state, event), changes: { ...state.changes, [changeId]: fingerprint } };
  },
};

function changed(state: ShopSettings, { type, data }: ShopSettingsEvent): ShopSettings {
  switch (type) {
    case 'ShopEmailChanged':
      return { ...state, emails: withValue(state.emails, data.email, data.address) };
    case 'ShopUrlChanged':
      return { ...state, urls: withValue(state.urls, data.page, data.url) };
    case 'ImmediateReturnSwitched':
      return { ...state, isImmediateReturn: data.isActive };
    case 'TicketReceptionSwitched':
      return { ...state, isTicketReceived: data.isActive };
    case 'ShopOptionSwitched': {
      const others = state.options.filter((option) => option !== data.option);
      return { ...state, options: data.isSubscribed ? [...others, data.option] : others };
    }
  }
}

function withValue<Key extends string, Value>(
  values: Readonly<Partial<Record<Key, Value>>>,
  key: Key,
  value: Value | null,
): Partial<Record<Key, Value>> {
  const { [key]: _former, ...others } = values as Record<Key, Value>;
  const rest = others as Partial<Record<Key, Value>>;
  return value === null ? rest : { ...rest, [key]: value };
}
