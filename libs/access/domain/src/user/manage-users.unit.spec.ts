import type { UserCreated, UserEvent } from '@encaisse/access/contract';
import { instant } from '@encaisse/kernel';
import { changeUser, type ChangeUser, resetPassword, setUserActive } from './change-user';
import { createUser, type CreateUser } from './create-user';
import { acceptTerms, changeOwnData, lockUser } from './own-account';
import { type User, userStream } from './user';

const AT = instant('2026-11-28T08:30:00.000Z');
const PERSON = { personId: 'person-1', commitment: 'c1' };
const NEW_PERSON = { personId: 'person-2', commitment: 'c2' };

const claire: CreateUser = {
  userId: 'claire',
  login: 'claire.martin',
  creationId: 'creation-1',
  profile: 'CASHIER',
  nodeId: 'shop',
  language: 'fr',
  person: PERSON,
  creatorProfile: 'MANAGER',
  isAboveBrands: false,
  at: AT,
};

function userAfter(...events: readonly UserEvent[]): User {
  return events.reduce(userStream.evolve, userStream.initial);
}

function created(change: Partial<UserCreated['data']> = {}): UserCreated {
  const { creatorProfile: _c, isAboveBrands: _a, at, ...user } = claire;
  return { type: 'UserCreated', data: { ...user, createdAt: at, ...change } };
}

const manager = { managerId: 'paul', managerProfile: 'MANAGER', isLastManager: false, at: AT };

describe('Create a user', () => {
  it('UMGT-05 gives a login to a person at a node, with a profile', () => {
    expect(createUser(claire, userAfter())).toEqual({ accepted: [created()] });
  });

  it('does nothing more when the same creation is sent again', () => {
    expect(createUser(claire, userAfter(created()))).toEqual({ accepted: [] });
  });

  it.each([
    [{ creationId: 'creation-2' }, { code: 'login-taken' }],
    [{ profile: 'VIEWER' }, { code: 'id-reused' }],
  ])('is refused for a login in use: %j gives %j', (change, refused) => {
    expect(createUser({ ...claire, ...change }, userAfter(created()))).toEqual({ refused });
  });

  it.each([
    ['MANAGER', 'MANAGER', true],
    ['MANAGER', 'HMAC_MANAGER', true],
    ['MANAGER', 'SUPPORT', false],
    ['MANAGER', 'AUDITOR', false],
    ['SUPPORT', 'MANAGER', true],
    ['SUPPORT', 'AUDITOR', true],
    ['CASHIER', 'VIEWER', false],
    ['VIEWER', 'VIEWER', false],
    ['AUDITOR', 'VIEWER', false],
    [null, 'SUPPORT', true],
  ])('UMGT-07 UMGT-08 by a %s for a %s: %s', (creatorProfile, profile, isAllowed) => {
    const decision = createUser({ ...claire, creatorProfile, profile }, userAfter());
    expect('accepted' in decision).toBe(isAllowed);
  });

  it('keeps the profiles of merchants below the brands', () => {
    const above = { ...claire, creatorProfile: 'SUPPORT', isAboveBrands: true };
    expect(createUser(above, userAfter())).toEqual({ refused: { code: 'merchant-above-brands' } });
    expect(createUser({ ...above, profile: 'AUDITOR' }, userAfter())).toHaveProperty('accepted');
  });
});

describe('Change a user', () => {
  const change = (more: Partial<ChangeUser>, user: User) =>
    changeUser({ ...manager, ...more }, user);

  it('UMGT-05 changes rights, and says nothing when nothing changes', () => {
    const user = userAfter(created());
    expect(change({ profile: 'VIEWER' }, user)).toMatchObject({
      accepted: [{ type: 'UserChanged', data: { profile: 'VIEWER', nodeId: 'shop' } }],
    });
    expect(change({ profile: 'CASHIER' }, user)).toEqual({ accepted: [] });
  });

  it.each([
    ['nobody', userAfter(), {}, 'user-unknown'],
    ['oneself', userAfter(created()), { managerId: 'claire', profile: 'MANAGER' }, 'own-account'],
    ['a higher profile', userAfter(created()), { profile: 'SUPPORT' }, 'profile-not-allowed'],
    [
      'somebody of the bank',
      userAfter(created({ profile: 'AUDITOR' })),
      { profile: 'VIEWER' },
      'profile-not-allowed',
    ],
    [
      'the last manager',
      userAfter(created({ profile: 'MANAGER' })),
      { profile: 'VIEWER', isLastManager: true },
      'last-manager',
    ],
    [
      'the last manager, moved away',
      userAfter(created({ profile: 'MANAGER' })),
      { nodeId: 'elsewhere', isLastManager: true },
      'last-manager',
    ],
  ])('UMGT-07 is refused for %s', (_who, user, more, code) => {
    expect(change(more, user)).toMatchObject({ refused: { code } });
  });

  it('UMGT-07 lets the name of the last manager be corrected', () => {
    const last = userAfter(created({ profile: 'MANAGER' }));
    const renamed = change({ person: NEW_PERSON, isLastManager: true }, last);
    expect(renamed).toMatchObject({ accepted: [{ data: { person: NEW_PERSON } }] });
  });
});

describe('Close an account', () => {
  const close = (user: User, more: object = {}) =>
    setUserActive({ ...manager, ...more, isActive: false }, user);

  it('UMGT-06 closes and opens it, the login reserved for ever', () => {
    const closed = close(userAfter(created()));
    expect(closed).toMatchObject({ accepted: [{ type: 'UserDisabled' }] });
    const disabled: UserEvent = {
      type: 'UserDisabled',
      data: { userId: 'claire', disabledAt: AT },
    };
    const user = userAfter(created(), disabled);
    expect(close(user)).toEqual({ accepted: [] });
    expect(createUser({ ...claire, creationId: 'other' }, user)).toMatchObject({
      refused: { code: 'login-taken' },
    });
    expect(setUserActive({ ...manager, isActive: true }, user)).toMatchObject({
      accepted: [{ type: 'UserReactivated' }],
    });
  });

  it('UMGT-07 is refused for oneself and for the last manager of a brand', () => {
    expect(close(userAfter(created()), { managerId: 'claire' })).toMatchObject({
      refused: { code: 'own-account' },
    });
    const last = userAfter(created({ profile: 'MANAGER' }));
    expect(close(last, { isLastManager: true })).toMatchObject({
      refused: { code: 'last-manager' },
    });
    expect(close(last)).toHaveProperty('accepted');
  });
});

describe('Let a user back in', () => {
  const reset = { ...manager, resetId: 'reset-1', delivery: 'LINK', expiresAt: AT } as const;
  const locked: UserEvent = { type: 'UserLocked', data: { userId: 'claire', lockedAt: AT } };

  it('AUTH-12 lifts the lock, once per reset', () => {
    const decision = resetPassword(reset, userAfter(created(), locked));
    expect(decision).toMatchObject({ accepted: [{ type: 'PasswordReset' }] });
    const [event] = 'accepted' in decision ? decision.accepted : [];
    const user = userAfter(created(), locked, event!);
    expect(user).toMatchObject({ isLocked: false });
    expect(resetPassword(reset, user)).toEqual({ accepted: [] });
  });

  it('AUTH-12 is refused for oneself, a higher profile and a closed account', () => {
    const disabled: UserEvent = {
      type: 'UserDisabled',
      data: { userId: 'claire', disabledAt: AT },
    };
    const refusals = [
      resetPassword({ ...reset, managerId: 'claire' }, userAfter(created())),
      resetPassword(reset, userAfter(created({ profile: 'SUPPORT' }))),
      resetPassword(reset, userAfter(created(), disabled)),
    ];
    expect(refusals.map((one) => ('refused' in one ? one.refused.code : null))).toEqual([
      'own-account',
      'profile-not-allowed',
      'user-disabled',
    ]);
  });
});

describe('What users do alone', () => {
  it('AUTH-06 accepts a version of the terms once, and only forward', () => {
    const user = userAfter(created());
    const accepted = acceptTerms({ version: 2, at: AT }, user);
    expect(accepted).toMatchObject({ accepted: [{ type: 'TermsAccepted', data: { version: 2 } }] });
    const [event] = 'accepted' in accepted ? accepted.accepted : [];
    expect(acceptTerms({ version: 1, at: AT }, userAfter(created(), event!))).toEqual({
      accepted: [],
    });
  });

  it('AUTH-11 is locked once', () => {
    const locked: UserEvent = { type: 'UserLocked', data: { userId: 'claire', lockedAt: AT } };
    expect(lockUser({ at: AT }, userAfter(created()))).toMatchObject({ accepted: [locked] });
    expect(lockUser({ at: AT }, userAfter(created(), locked))).toEqual({ accepted: [] });
  });

  it('USER-02 changes own data and keeps profile and node', () => {
    const changed = changeOwnData({ person: NEW_PERSON, at: AT }, userAfter(created()));
    expect(changed).toMatchObject({
      accepted: [{ data: { person: NEW_PERSON, profile: 'CASHIER', nodeId: 'shop' } }],
    });
  });
});
