import { fold } from '@encaisse/kernel';
import type { PersonReference, ShopSettingsEvent } from '@encaisse/merchant-onboarding/contract';
import {
  type ChangeShopSettings,
  changeShopSettings,
  isSecureUrl,
  switchShopOption,
} from './change-shop-settings';
import { shopSettingsStream } from './shop-settings';

const AT = '2026-11-28T09:30:00.000Z' as never;
const address = (personId: string): PersonReference => ({ personId, commitment: `c ${personId}` });
const base = {
  changeId: 'change-1',
  fingerprint: 'f1',
  shopId: 'lille',
  environment: 'TEST',
  at: AT,
} as const;
const change = (more: Partial<ChangeShopSettings>): ChangeShopSettings => ({
  ...base,
  emails: {},
  urls: {},
  ...more,
});
const part = {
  changeId: 'change-1',
  fingerprint: 'f1',
  shopId: 'lille',
  environment: 'TEST',
  changedAt: AT,
};
const after = (...events: readonly ShopSettingsEvent[]) => fold(shopSettingsStream, events);
const decided = (command: ChangeShopSettings, ...events: readonly ShopSettingsEvent[]) =>
  changeShopSettings(command, after(...events));
const accepted = (command: ChangeShopSettings, ...events: readonly ShopSettingsEvent[]) => {
  const decision = decided(command, ...events);
  if (!('accepted' in decision)) throw new Error(decision.refused.code);
  return decision.accepted;
};

describe('Change the settings of a shop', () => {
  it('SET-09 tells each kind of change by an event of its own', () => {
    const events = accepted(
      change({
        emails: { PAYMENT: address('camille') },
        urls: { ACCEPTED: 'https://example.com/merci', RETURN: 'https://example.com' },
        isImmediateReturn: true,
        isTicketReceived: false,
      }),
    );
    expect(events).toEqual([
      {
        type: 'ShopEmailChanged',
        data: { ...part, email: 'PAYMENT', address: address('camille') },
      },
      {
        type: 'ShopUrlChanged',
        data: { ...part, page: 'ACCEPTED', url: 'https://example.com/merci' },
      },
      { type: 'ShopUrlChanged', data: { ...part, page: 'RETURN', url: 'https://example.com' } },
      { type: 'ImmediateReturnSwitched', data: { ...part, isActive: true } },
      { type: 'TicketReceptionSwitched', data: { ...part, isActive: false } },
    ]);
  });

  it('records only what differs, and takes away what is null', () => {
    const first = accepted(
      change({ emails: { REPORT: address('camille') }, urls: { REFUSED: 'https://a.example' } }),
    );
    const again = change({
      changeId: 'change-2',
      emails: { REPORT: address('camille') },
      urls: { REFUSED: 'https://a.example', PENDING: null },
      isTicketReceived: true,
    });
    expect(decided(again, ...first)).toEqual({ accepted: [] });
    const cleared = change({
      changeId: 'change-3',
      emails: { REPORT: null },
      urls: { REFUSED: null },
    });
    const events = accepted(cleared, ...first);
    expect(events).toMatchObject([{ data: { address: null } }, { data: { url: null } }]);
    expect(after(...first, ...events)).toMatchObject({ emails: {}, urls: {} });
  });

  it('knows a repeat by its id, also when somebody changed the same setting since', () => {
    const mine = change({ urls: { ACCEPTED: 'https://a.example' } });
    const first = accepted(mine);
    const other = accepted(
      change({ changeId: 'change-2', fingerprint: 'f2', urls: { ACCEPTED: 'https://b.example' } }),
      ...first,
    );
    expect(decided(mine, ...first, ...other)).toEqual({ accepted: [] });
    expect(decided({ ...mine, fingerprint: 'f9' }, ...first)).toEqual({
      refused: { code: 'id-reused' },
    });
  });

  it.each([
    ['http://example.com/merci', false],
    ['https://example.com/merci', true],
    ['HTTPS://EXAMPLE.COM', true],
    ['https://camille:secret@example.com', false],
    ['https://', false],
    ['https:/example.com', false],
    ['//example.com', false],
    ['javascript:alert(1)', false],
    ['https://example.com/a b', false],
    ['https://example.com:99999/', false],
    ['https://boutique.example/retour?id=1#fin', true],
  ])('SET-05 takes %s as a page: %s', (url, isTaken) => {
    expect(isSecureUrl(url)).toBe(isTaken);
    const decision = decided(change({ urls: { PENDING: url } }));
    if (isTaken) expect(decision).toHaveProperty('accepted');
    else expect(decision).toEqual({ refused: { code: 'https-needed', page: 'PENDING' } });
  });

  it('SET-06 asks for the page of an immediate return, now or before, and keeps it', () => {
    const missing = { refused: { code: 'return-page-missing' } };
    expect(decided(change({ isImmediateReturn: true }))).toEqual(missing);
    const url = accepted(change({ urls: { RETURN: 'https://a.example' } }));
    const on = change({ changeId: 'change-2', isImmediateReturn: true });
    const active = [...url, ...accepted(on, ...url)];
    expect(after(...active).isImmediateReturn).toBe(true);
    const cleared = change({ changeId: 'change-3', urls: { RETURN: null } });
    expect(decided(cleared, ...active)).toEqual(missing);
    expect(accepted({ ...cleared, isImmediateReturn: false }, ...active)).toHaveLength(2);
  });
});

describe('Subscribe an option of a shop', () => {
  const subscribe = { ...base, option: 'FILE_RECONCILIATION', isSubscribed: true } as const;

  it('SET-07 is done once, and ended again', () => {
    const decision = switchShopOption(subscribe, after());
    expect(decision).toEqual({
      accepted: [
        {
          type: 'ShopOptionSwitched',
          data: { ...part, option: 'FILE_RECONCILIATION', isSubscribed: true },
        },
      ],
    });
    const events = 'accepted' in decision ? decision.accepted : [];
    expect(switchShopOption({ ...subscribe, changeId: 'x' }, after(...events))).toEqual({
      accepted: [],
    });
    const ended = { ...subscribe, changeId: 'y', isSubscribed: false };
    expect(switchShopOption(ended, after(...events))).toMatchObject({
      accepted: [{ data: { isSubscribed: false } }],
    });
    expect(switchShopOption({ ...subscribe, fingerprint: 'f9' }, after(...events))).toEqual({
      refused: { code: 'id-reused' },
    });
  });
});
