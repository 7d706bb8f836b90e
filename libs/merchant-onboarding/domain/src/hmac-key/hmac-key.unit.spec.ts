import { fold, type Instant } from '@encaisse/kernel';
import type { HmacKeyEvent } from '@encaisse/merchant-onboarding/contract';
import { confirmHmacKey, expireHmacKeys, nextExpiryOf, useHmacKey } from './confirm-hmac-key';
import { type CreateHmacKey, createHmacKey } from './create-hmac-key';
import { hmacKeyStream, keyInForce } from './hmac-key';

const at = (text: string) => text as Instant;
const CREATED = at('2026-11-28T09:00:00.000Z');
const LINK_END = at('2026-12-05T09:00:00.000Z');
const CONFIRMED = at('2026-11-28T10:00:00.000Z');
const EXPIRY = at('2027-11-28T10:00:00.000Z');
const place = (keyId: string) => ({ keyId, shopId: 'lille', environment: 'TEST' }) as const;
const create = (more: Partial<CreateHmacKey> = {}): CreateHmacKey => ({
  ...place('k1'),
  kind: 'MERCHANT',
  passphrase: { length: 18, strength: 90, isAccepted: true },
  isSameKey: null,
  hasAddress: true,
  hasActiveContract: false,
  at: CREATED,
  ...more,
});

const created = (keyId: string): HmacKeyEvent => ({
  type: 'HmacKeyCreated',
  data: { ...place(keyId), kind: 'MERCHANT', confirmableUntil: LINK_END, createdAt: CREATED },
});
const activated = (keyId: string): HmacKeyEvent => ({
  type: 'HmacKeyActivated',
  data: { ...place(keyId), expiresAt: EXPIRY, activatedAt: CONFIRMED },
});
const after = (...events: readonly HmacKeyEvent[]) => fold(hmacKeyStream, events);
const events = (decision: object): readonly HmacKeyEvent[] =>
  (decision as { accepted: readonly HmacKeyEvent[] }).accepted;

describe('Create an HMAC key', () => {
  it('HMAC-10 HMAC-11 makes a key that waits seven days for its confirmation', () => {
    expect(createHmacKey(create(), after())).toEqual({ accepted: [created('k1')] });
    expect(keyInForce(after(created('k1')), CREATED)).toBeUndefined();
  });

  it('HMAC-03 refuses a passphrase that is too weak, and says how weak', () => {
    const passphrase = { length: 14, strength: 97, isAccepted: false };
    expect(createHmacKey(create({ passphrase }), after())).toEqual({
      refused: { code: 'passphrase-too-weak', length: 14, strength: 97 },
    });
  });

  it('HMAC-10 refuses where nobody can be written to', () => {
    expect(createHmacKey(create({ hasAddress: false }), after())).toEqual({
      refused: { code: 'integrator-address-missing' },
    });
  });

  it('discards an earlier key that was never confirmed, and leaves the one in force', () => {
    const state = after(created('k0'), activated('k0'), created('k1'));
    const decision = createHmacKey(create({ keyId: 'k2' }), state);
    expect(decision).toEqual({
      accepted: [
        {
          type: 'HmacKeyDiscarded',
          data: { ...place('k1'), reason: 'NEWER_KEY', discardedAt: CREATED },
        },
        created('k2'),
      ],
    });
    const now = after(created('k0'), activated('k0'), created('k1'), ...events(decision));
    expect(keyInForce(now, CONFIRMED)?.keyId).toBe('k0');
  });

  it('HMAC-06 knows a repeat by its id and the key that the passphrase gives', () => {
    const state = after(created('k1'));
    expect(createHmacKey(create({ isSameKey: true }), state)).toEqual({ accepted: [] });
    const refused = { refused: { code: 'id-reused' } };
    expect(createHmacKey(create({ isSameKey: false }), state)).toEqual(refused);
    expect(createHmacKey(create({ isSameKey: true, kind: 'TRIAL' }), state)).toEqual(refused);
    expect(createHmacKey(create({ isSameKey: false }), after())).toEqual(refused);
  });
});

describe('Create a trial key', () => {
  const trial = create({ kind: 'TRIAL', hasAddress: false });

  it('HMAC-16 is in force at once, for thirty days, and stops at their end', () => {
    const made = events(createHmacKey(trial, after()));
    expect(made.map(({ type }) => type)).toEqual(['HmacKeyCreated', 'HmacKeyActivated']);
    const state = after(...made);
    expect(keyInForce(state, at('2026-12-28T08:59:59.999Z'))?.keyId).toBe('k1');
    expect(keyInForce(state, at('2026-12-28T09:00:00.000Z'))).toBeUndefined();
  });

  it.each<[string, Partial<CreateHmacKey>, readonly HmacKeyEvent[], string]>([
    ['in production', { environment: 'PRODUCTION' }, [], 'PRODUCTION'],
    ['with an active contract', { hasActiveContract: true }, [], 'ACTIVE_CONTRACT'],
    ['beside a key in force', {}, [created('k0'), activated('k0')], 'KEY_IN_FORCE'],
  ])('HMAC-16 is refused %s', (_name, more, history, because) => {
    expect(createHmacKey({ ...trial, ...more }, after(...history))).toEqual({
      refused: { code: 'trial-not-possible', because },
    });
  });

  it('HMAC-16 is given once', () => {
    const state = after(...events(createHmacKey(trial, after())));
    const later = { ...trial, keyId: 'k2', at: at('2027-03-01T09:00:00.000Z') };
    expect(createHmacKey(later, state)).toEqual({
      refused: { code: 'trial-not-possible', because: 'TRIED_BEFORE' },
    });
  });
});

describe('Confirm an HMAC key', () => {
  const confirm = { keyId: 'k1', at: CONFIRMED };

  it('HMAC-11 HMAC-12 puts it in force at once, for a year', () => {
    expect(confirmHmacKey(confirm, after(created('k1')))).toEqual({ accepted: [activated('k1')] });
    const leapDay = { ...confirm, at: at('2028-02-29T10:00:00.000Z') };
    const young = { ...created('k1').data, confirmableUntil: at('2028-03-01T00:00:00.000Z') };
    const decision = confirmHmacKey(
      leapDay,
      after({ type: 'HmacKeyCreated', data: young as never }),
    );
    expect(events(decision)).toMatchObject([{ data: { expiresAt: '2029-02-28T10:00:00.000Z' } }]);
  });

  it('HMAC-11 stops the former key at the same instant', () => {
    const history = [created('k0'), activated('k0'), created('k1')];
    const decision = confirmHmacKey(confirm, after(...history));
    expect(events(decision)).toEqual([
      {
        type: 'HmacKeySuperseded',
        data: { ...place('k0'), byKeyId: 'k1', supersededAt: CONFIRMED },
      },
      activated('k1'),
    ]);
    expect(keyInForce(after(...history, ...events(decision)), CONFIRMED)?.keyId).toBe('k1');
  });

  it('HMAC-11 is done once, and within seven days', () => {
    const twice = confirmHmacKey(confirm, after(created('k1'), activated('k1')));
    expect(twice).toEqual({ refused: { code: 'key-link-used' } });
    const edge = (instant: string) =>
      confirmHmacKey({ ...confirm, at: at(instant) }, after(created('k1')));
    expect(edge('2026-12-05T08:59:59.999Z')).toHaveProperty('accepted');
    expect(edge('2026-12-05T09:00:00.000Z')).toEqual({ refused: { code: 'key-link-ended' } });
    expect(confirmHmacKey({ ...confirm, keyId: 'k9' }, after())).toEqual({
      refused: { code: 'key-link-unknown' },
    });
  });

  it('refuses the link of a key that a newer one replaced', () => {
    const history = events(createHmacKey(create({ keyId: 'k2' }), after(created('k1'))));
    expect(confirmHmacKey(confirm, after(created('k1'), ...history))).toEqual({
      refused: { code: 'key-link-ended' },
    });
  });
});

describe('The life of a key in force', () => {
  const inForce = [created('k1'), activated('k1')];

  it('HMAC-13 is told « Utilisée » once', () => {
    const first = useHmacKey({ keyId: 'k1', at: CONFIRMED }, after(...inForce));
    expect(events(first)).toEqual([
      { type: 'HmacKeyFirstUsed', data: { ...place('k1'), usedAt: CONFIRMED } },
    ]);
    const used = after(...inForce, ...events(first));
    expect(used.keys[0]?.status).toBe('USED');
    expect(useHmacKey({ keyId: 'k1', at: CONFIRMED }, used)).toEqual({ accepted: [] });
    expect(useHmacKey({ keyId: 'k1', at: CONFIRMED }, after(created('k1')))).toEqual({
      accepted: [],
    });
  });

  it('HMAC-12 expires at its date, is warned of once, and works on', () => {
    const early = expireHmacKeys(at('2027-11-28T09:59:59.999Z'), after(...inForce));
    expect(early).toEqual({ accepted: [] });
    const due = expireHmacKeys(EXPIRY, after(...inForce));
    expect(events(due)).toEqual([
      { type: 'HmacKeyExpired', data: { ...place('k1'), expiredAt: EXPIRY } },
    ]);
    const expired = after(...inForce, ...events(due));
    expect(keyInForce(expired, EXPIRY)).toMatchObject({ keyId: 'k1', isExpired: true });
    expect(expireHmacKeys(at('2028-01-01T00:00:00.000Z'), expired)).toEqual({ accepted: [] });
    expect(nextExpiryOf(expired.keys[0]!)).toBeNull();
  });

  it('HMAC-11 discards what nobody confirmed in time', () => {
    expect(nextExpiryOf(after(created('k1')).keys[0]!)).toBe(LINK_END);
    expect(events(expireHmacKeys(LINK_END, after(created('k1'))))).toEqual([
      {
        type: 'HmacKeyDiscarded',
        data: { ...place('k1'), reason: 'LINK_ENDED', discardedAt: LINK_END },
      },
    ]);
  });
});
