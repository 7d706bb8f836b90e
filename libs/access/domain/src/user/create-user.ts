import { accept, type Decision, type Instant, refuse } from '@encaisse/kernel';
import type { UserCreated, UserTerms } from '@encaisse/access/contract';
import type { User } from './user';

/** Who may create whom (`permissions.md` §4): managers merchants' profiles, support those of the bank too. */
const CREATABLE: Readonly<Record<string, readonly string[]>> = {
  MANAGER: ['VIEWER', 'CASHIER', 'MANAGER', 'ENTRY_OPERATOR', 'HMAC_MANAGER'],
  SUPPORT: [
    'VIEWER',
    'CASHIER',
    'MANAGER',
    'ENTRY_OPERATOR',
    'HMAC_MANAGER',
    'SUPPORT',
    'BANK_INTEGRATION',
    'AUDITOR',
  ],
};

/** Profiles of the bank and the operator may stand above the brands; a merchant's may not. */
const MERCHANTS: ReadonlySet<string> = new Set(CREATABLE['MANAGER']);

/** Tells whether somebody of one profile may create, change or reset somebody of another. */
export function mayManage(managing: string, managed: string): boolean {
  return CREATABLE[managing]?.includes(managed) ?? false;
}

/** Creates a user. The stream is the login's, so that a login is taken once, for ever. */
export type CreateUser = UserTerms & {
  readonly userId: string;
  readonly login: string;
  readonly creationId: string;
  /** Profile of whoever creates; null for the installation itself, which may create anybody. */
  readonly creatorProfile: string | null;
  readonly isAboveBrands: boolean;
  readonly at: Instant;
};

/** Why a user is not created. When several reasons apply, the first one listed is given. */
export type CreateUserRefusal =
  | { readonly code: 'id-reused' }
  | { readonly code: 'login-taken' }
  | { readonly code: 'profile-not-allowed'; readonly profile: string }
  | { readonly code: 'merchant-above-brands' };

export function createUser(
  { creatorProfile, isAboveBrands, at, ...user }: CreateUser,
  state: User,
): Decision<UserCreated, CreateUserRefusal> {
  if (state.status !== 'unknown') {
    if (state.creationId !== user.creationId) return refuse({ code: 'login-taken' });
    const isReplay =
      state.profile === user.profile &&
      state.nodeId === user.nodeId &&
      state.language === user.language &&
      state.person.personId === user.person.personId;
    return isReplay ? accept() : refuse({ code: 'id-reused' });
  }
  if (creatorProfile !== null && !mayManage(creatorProfile, user.profile))
    return refuse({ code: 'profile-not-allowed', profile: user.profile });
  if (isAboveBrands && MERCHANTS.has(user.profile))
    return refuse({ code: 'merchant-above-brands' });
  return accept({ type: 'UserCreated', data: { ...user, createdAt: at } });
}
