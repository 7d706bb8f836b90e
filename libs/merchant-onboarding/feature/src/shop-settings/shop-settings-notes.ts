import { type Decision, isRefused } from '@encaisse/kernel';
import type { ShopSettingsEvent } from '@encaisse/merchant-onboarding/contract';
import type { ActionNotes } from '@encaisse/platform/http';

/** The entry of the action log that each kind of change leaves (SET-09, LOG-03). */
const KINDS = {
  ShopEmailChanged: 'EMAIL_CHANGE',
  ShopUrlChanged: 'URL_CHANGE',
  ImmediateReturnSwitched: 'IMMEDIATE_RETURN',
  TicketReceptionSwitched: 'TICKET_RECEPTION',
  ShopOptionSwitched: 'SETTING_CHANGE',
} as const satisfies Readonly<Record<ShopSettingsEvent['type'], string>>;

/**
 * Tells the action log what was changed. A call of several kinds is told as a change of settings; addresses
 * of people are told by their references only.
 */
export function noteSettingChanges(
  entry: ActionNotes,
  shopId: string,
  decision: Decision<ShopSettingsEvent, object>,
): void {
  entry.about({ kind: 'shop', id: shopId, nodeId: shopId });
  if (isRefused(decision)) return;
  const kinds = new Set(decision.accepted.map(({ type }) => KINDS[type]));
  const [kind] = kinds;
  if (kind !== undefined && kinds.size === 1) entry.isOf(kind);
  entry.changed(null, Object.fromEntries(decision.accepted.map(valueOf)));
}

function valueOf({ type, data }: ShopSettingsEvent): readonly [string, unknown] {
  switch (type) {
    case 'ShopEmailChanged':
      return [`email ${data.email}`, data.address?.personId ?? null];
    case 'ShopUrlChanged':
      return [`url ${data.page}`, data.url];
    case 'ImmediateReturnSwitched':
      return ['isImmediateReturn', data.isActive];
    case 'TicketReceptionSwitched':
      return ['isTicketReceived', data.isActive];
    case 'ShopOptionSwitched':
      return [`option ${data.option}`, data.isSubscribed];
  }
}
