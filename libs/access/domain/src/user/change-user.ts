import { accept, type Decision, type Instant, refuse } from '@encaisse/kernel';
import type {
  PasswordReset,
  PersonReference,
  UserChanged,
  UserDisabled,
  UserLanguage,
  UserReactivated,
} from '@encaisse/access/contract';
import { mayManage } from './create-user';
import type { User } from './user';

/** Who manages another user, and what depends on it. */
export type Managing = {
  /** Null for the installation itself. */
  readonly managerId: string | null;
  readonly managerProfile: string | null;
  /** No other active manager is left at or below the brand of the user. */
  readonly isLastManager: boolean;
  readonly at: Instant;
};

/** Why a user is not changed. When several reasons apply, the first one listed is given. */
export type ManageUserRefusal =
  | { readonly code: 'user-unknown' }
  | { readonly code: 'own-account' }
  | { readonly code: 'profile-not-allowed'; readonly profile: string }
  | { readonly code: 'user-disabled' }
  | { readonly code: 'last-manager' };

type Known = Exclude<User, { status: 'unknown' }>;

/** What every change by somebody else rests on (UMGT-07). */
export function managementRefusal(
  { managerId, managerProfile }: Managing,
  user: Known,
  profile: string,
): ManageUserRefusal | null {
  if (managerId === user.userId) return { code: 'own-account' };
  if (managerProfile === null) return null;
  for (const one of [user.profile, profile])
    if (!mayManage(managerProfile, one)) return { code: 'profile-not-allowed', profile: one };
  return null;
}

/** Changes rights or data; what is left out keeps its value. */
export type ChangeUser = Managing & {
  readonly profile?: string | undefined;
  readonly nodeId?: string | undefined;
  readonly language?: UserLanguage | undefined;
  readonly person?: PersonReference | undefined;
};

export function changeUser(
  { profile, nodeId, language, person, ...managing }: ChangeUser,
  user: User,
): Decision<UserChanged, ManageUserRefusal> {
  if (user.status === 'unknown') return refuse({ code: 'user-unknown' });
  const next = {
    profile: profile ?? user.profile,
    nodeId: nodeId ?? user.nodeId,
    language: language ?? user.language,
    person: person ?? user.person,
  };
  const refusal = managementRefusal(managing, user, next.profile);
  if (refusal) return refuse(refusal);
  if (user.status === 'disabled') return refuse({ code: 'user-disabled' });
  const losesRights = next.profile !== user.profile || next.nodeId !== user.nodeId;
  if (user.profile === 'MANAGER' && losesRights && managing.isLastManager)
    return refuse({ code: 'last-manager' });
  const isUnchanged =
    !losesRights &&
    next.language === user.language &&
    next.person.personId === user.person.personId;
  if (isUnchanged) return accept();
  const { userId } = user;
  return accept({ type: 'UserChanged', data: { ...next, userId, changedAt: managing.at } });
}

/** Closes or opens an account again; the login stays reserved (UMGT-06). */
export function setUserActive(
  { isActive, ...managing }: Managing & { readonly isActive: boolean },
  user: User,
): Decision<UserDisabled | UserReactivated, ManageUserRefusal> {
  if (user.status === 'unknown') return refuse({ code: 'user-unknown' });
  const refusal = managementRefusal(managing, user, user.profile);
  if (refusal) return refuse(refusal);
  const { userId } = user;
  if ((user.status === 'active') === isActive) return accept();
  if (isActive)
    return accept({ type: 'UserReactivated', data: { userId, reactivatedAt: managing.at } });
  if (user.profile === 'MANAGER' && managing.isLastManager) return refuse({ code: 'last-manager' });
  return accept({ type: 'UserDisabled', data: { userId, disabledAt: managing.at } });
}

/** Gives a user the way back in, and lifts a lock (AUTH-12). */
export type ResetPassword = Omit<Managing, 'isLastManager'> & {
  readonly resetId: string;
  readonly delivery: PasswordReset['data']['delivery'];
  readonly expiresAt: Instant;
};

export function resetPassword(
  { resetId, delivery, expiresAt, ...managing }: ResetPassword,
  user: User,
): Decision<PasswordReset, ManageUserRefusal> {
  if (user.status === 'unknown') return refuse({ code: 'user-unknown' });
  const refusal = managementRefusal({ ...managing, isLastManager: false }, user, user.profile);
  if (refusal) return refuse(refusal);
  if (user.status === 'disabled') return refuse({ code: 'user-disabled' });
  if (user.resetIds.includes(resetId)) return accept();
  const { userId } = user;
  const data = { userId, resetId, delivery, expiresAt, resetAt: managing.at };
  return accept({ type: 'PasswordReset', data });
}
