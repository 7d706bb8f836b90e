import { accept, type Decision, type Instant, refuse } from '@encaisse/kernel';
import type {
  FactorAdded,
  FactorRemoved,
  PasswordChanged,
  PersonReference,
  TermsAccepted,
  UserChanged,
  UserLanguage,
  UserLocked,
} from '@encaisse/access/contract';
import type { User } from './user';

/** What a user does alone is refused only to one that is not there or is closed. */
export type OwnAccountRefusal =
  { readonly code: 'user-unknown' } | { readonly code: 'user-disabled' };

type Own<Event> = Decision<Event, OwnAccountRefusal>;

function whenActive<Event>(
  user: User,
  decide: (active: Exclude<User, { status: 'unknown' }>) => Own<Event>,
): Own<Event> {
  if (user.status === 'unknown') return refuse({ code: 'user-unknown' });
  if (user.status === 'disabled') return refuse({ code: 'user-disabled' });
  return decide(user);
}

/** The failures in a row reached their limit (AUTH-11). */
export function lockUser({ at }: { readonly at: Instant }, user: User): Own<UserLocked> {
  return whenActive(user, ({ userId, isLocked }) =>
    isLocked ? accept() : accept({ type: 'UserLocked', data: { userId, lockedAt: at } }),
  );
}

export function changePassword({ at }: { readonly at: Instant }, user: User): Own<PasswordChanged> {
  return whenActive(user, ({ userId }) =>
    accept({ type: 'PasswordChanged', data: { userId, changedAt: at } }),
  );
}

/** Stores who accepted which version, and when (AUTH-06). */
export function acceptTerms(
  { version, at }: { readonly version: number; readonly at: Instant },
  user: User,
): Own<TermsAccepted> {
  return whenActive(user, ({ userId, acceptedTerms }) =>
    acceptedTerms >= version
      ? accept()
      : accept({ type: 'TermsAccepted', data: { userId, version, acceptedAt: at } }),
  );
}

/** Own name, e-mail, mobile or language (USER-02). */
export type ChangeOwnData = {
  readonly person?: PersonReference | undefined;
  readonly language?: UserLanguage | undefined;
  readonly at: Instant;
};

export function changeOwnData(
  { person, language, at }: ChangeOwnData,
  user: User,
): Own<UserChanged> {
  return whenActive(user, ({ userId, profile, nodeId, ...current }) => {
    const next = {
      profile,
      nodeId,
      person: person ?? current.person,
      language: language ?? current.language,
    };
    const isUnchanged =
      next.language === current.language && next.person.personId === current.person.personId;
    if (isUnchanged) return accept();
    return accept({ type: 'UserChanged', data: { ...next, userId, changedAt: at } });
  });
}

export function addFactor(
  factor: Omit<FactorAdded['data'], 'userId' | 'addedAt'> & { readonly at: Instant },
  user: User,
): Own<FactorAdded> {
  return whenActive(user, ({ userId, factors }) => {
    const { at, ...added } = factor;
    if (factors.some(({ factorId }) => factorId === added.factorId)) return accept();
    return accept({ type: 'FactorAdded', data: { ...added, userId, addedAt: at } });
  });
}

export function removeFactor(
  { factorId, at }: { readonly factorId: string; readonly at: Instant },
  user: User,
): Own<FactorRemoved> {
  return whenActive(user, ({ userId, factors }) =>
    factors.some((one) => one.factorId === factorId)
      ? accept({ type: 'FactorRemoved', data: { userId, factorId, removedAt: at } })
      : accept(),
  );
}
