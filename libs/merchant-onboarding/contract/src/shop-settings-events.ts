import type { Environment, Instant } from '@encaisse/kernel';
import type { ShopOption } from './shop-option';

/** The category of the streams of settings: one for each shop and environment. */
export const SHOP_SETTINGS_CATEGORY = 'onboarding.shop_settings';

/** Who is written to (SET-04): the merchant's ticket, the daily report, whoever integrates the site. */
export const SHOP_EMAILS = ['PAYMENT', 'REPORT', 'INTEGRATOR'] as const;
export type ShopEmail = (typeof SHOP_EMAILS)[number];

/** Where the buyer is sent (SET-05), and the page shown at once after the payment (SET-06). */
export const SHOP_URLS = ['ACCEPTED', 'REFUSED', 'CANCELLED', 'PENDING', 'RETURN'] as const;
export type ShopUrl = (typeof SHOP_URLS)[number];

/** What events may hold of a person: a reference to the vault, and a salted digest of what was kept. */
export type PersonReference = { readonly personId: string; readonly commitment: string };

/** Of which command a change is a part: several events may belong to one. */
type PartOfChange = {
  readonly changeId: string;
  /** Keyed digest of the command's content: tells a repeat from another command under its id. */
  readonly fingerprint: string;
  readonly shopId: string;
  readonly environment: Environment;
  readonly changedAt: Instant;
};

export type ShopEmailChanged = {
  readonly type: 'ShopEmailChanged';
  readonly data: PartOfChange & {
    readonly email: ShopEmail;
    /** Null when nobody is written to any more. */
    readonly address: PersonReference | null;
  };
};

export type ShopUrlChanged = {
  readonly type: 'ShopUrlChanged';
  readonly data: PartOfChange & {
    readonly page: ShopUrl;
    /** Always https; null when it was taken away. */
    readonly url: string | null;
  };
};

/** Whether the buyer comes back to the merchant's site at once. French: « retour vers site immédiat ». */
export type ImmediateReturnSwitched = {
  readonly type: 'ImmediateReturnSwitched';
  readonly data: PartOfChange & { readonly isActive: boolean };
};

/** Whether the merchant receives the tickets of payments (SET-08). French: « réception ticket ». */
export type TicketReceptionSwitched = {
  readonly type: 'TicketReceptionSwitched';
  readonly data: PartOfChange & { readonly isActive: boolean };
};

/** An option or billed feature was subscribed or ended (SET-07). */
export type ShopOptionSwitched = {
  readonly type: 'ShopOptionSwitched';
  readonly data: PartOfChange & { readonly option: ShopOption; readonly isSubscribed: boolean };
};

export type ShopSettingsEvent =
  | ShopEmailChanged
  | ShopUrlChanged
  | ImmediateReturnSwitched
  | TicketReceptionSwitched
  | ShopOptionSwitched;
