import { accept, type Decision, type Environment, type Instant, refuse } from '@encaisse/kernel';
import {
  type PersonReference,
  SHOP_EMAILS,
  SHOP_URLS,
  type ShopEmail,
  type ShopOption,
  type ShopSettingsEvent,
  type ShopUrl,
} from '@encaisse/merchant-onboarding/contract';
import type { ShopSettings } from './shop-settings';

type Command = {
  readonly changeId: string;
  readonly fingerprint: string;
  readonly shopId: string;
  readonly environment: Environment;
  readonly at: Instant;
};

/** Changes what a merchant may change (SET-03); what is left out stays, null takes away. */
export type ChangeShopSettings = Command & {
  readonly emails: Readonly<Partial<Record<ShopEmail, PersonReference | null>>>;
  readonly urls: Readonly<Partial<Record<ShopUrl, string | null>>>;
  readonly isImmediateReturn?: boolean | undefined;
  readonly isTicketReceived?: boolean | undefined;
};

/** Why a change is refused. When several reasons apply, the first one listed is given. */
export type ChangeShopSettingsRefusal =
  | { readonly code: 'id-reused' }
  | { readonly code: 'https-needed'; readonly page: ShopUrl }
  | { readonly code: 'return-page-missing' };

export function changeShopSettings(
  command: ChangeShopSettings,
  state: ShopSettings,
): Decision<ShopSettingsEvent, ChangeShopSettingsRefusal> {
  const earlier = state.changes[command.changeId];
  if (earlier !== undefined)
    return earlier === command.fingerprint ? accept() : refuse({ code: 'id-reused' });
  for (const page of SHOP_URLS) {
    const url = command.urls[page];
    if (typeof url === 'string' && !isSecureUrl(url)) return refuse({ code: 'https-needed', page });
  }
  const isImmediate = command.isImmediateReturn ?? state.isImmediateReturn;
  const returnUrl = command.urls.RETURN === undefined ? state.urls.RETURN : command.urls.RETURN;
  if (isImmediate && (returnUrl ?? null) === null) return refuse({ code: 'return-page-missing' });
  return accept(...changesOf(command, state));
}

function changesOf(command: ChangeShopSettings, state: ShopSettings): ShopSettingsEvent[] {
  const part = partOf(command);
  const events: ShopSettingsEvent[] = [];
  for (const email of SHOP_EMAILS) {
    const address = command.emails[email];
    if (address !== undefined && address?.personId !== state.emails[email]?.personId)
      events.push({ type: 'ShopEmailChanged', data: { ...part, email, address } });
  }
  for (const page of SHOP_URLS) {
    const url = command.urls[page];
    if (url !== undefined && url !== (state.urls[page] ?? null))
      events.push({ type: 'ShopUrlChanged', data: { ...part, page, url } });
  }
  const { isImmediateReturn, isTicketReceived } = command;
  if (isImmediateReturn !== undefined && isImmediateReturn !== state.isImmediateReturn)
    events.push({
      type: 'ImmediateReturnSwitched',
      data: { ...part, isActive: isImmediateReturn },
    });
  if (isTicketReceived !== undefined && isTicketReceived !== state.isTicketReceived)
    events.push({ type: 'TicketReceptionSwitched', data: { ...part, isActive: isTicketReceived } });
  return events;
}

/** Subscribes an option or a billed feature, or ends it (SET-07). */
export function switchShopOption(
  command: Command & { readonly option: ShopOption; readonly isSubscribed: boolean },
  state: ShopSettings,
): Decision<ShopSettingsEvent, { readonly code: 'id-reused' }> {
  const { option, isSubscribed } = command;
  const earlier = state.changes[command.changeId];
  if (earlier !== undefined)
    return earlier === command.fingerprint ? accept() : refuse({ code: 'id-reused' });
  if (state.options.includes(option) === isSubscribed) return accept();
  return accept({ type: 'ShopOptionSwitched', data: { ...partOf(command), option, isSubscribed } });
}

function partOf({ changeId, fingerprint, shopId, environment, at }: Command) {
  return { changeId, fingerprint, shopId, environment, changedAt: at };
}

/**
 * Whether a buyer can be sent there: an absolute https address without a name and password, which a log of
 * the merchant would keep.
 */
export function isSecureUrl(text: string): boolean {
  if (!/^https:\/\/[^\s/?#@\\]+([/?#]\S*)?$/i.test(text)) return false;
  return URL.canParse(text);
}
