import type { Instant, StreamType } from '@encaisse/kernel';
import { invariant } from '@encaisse/kernel';
import { USER_CATEGORY, type UserEvent, type UserTerms } from '@encaisse/access/contract';

/** A second factor of a user. */
export type Factor = { readonly factorId: string; readonly kind: 'TOTP' | 'PASSKEY' };

/** A user, as decisions need it. */
export type User =
  | { readonly status: 'unknown' }
  | (UserTerms & {
      readonly status: 'active' | 'disabled';
      readonly userId: string;
      readonly login: string;
      readonly creationId: string;
      readonly isLocked: boolean;
      /** Null until a password was chosen. */
      readonly passwordChangedAt: Instant | null;
      readonly acceptedTerms: number;
      readonly factors: readonly Factor[];
      readonly resetIds: readonly string[];
    });

type KnownUser = Exclude<User, { status: 'unknown' }>;

export const userStream: StreamType<User, UserEvent> = {
  category: USER_CATEGORY,
  initial: { status: 'unknown' },
  schemaVersions: {
    UserCreated: 1,
    UserChanged: 1,
    UserDisabled: 1,
    UserReactivated: 1,
    UserLocked: 1,
    PasswordReset: 1,
    PasswordChanged: 1,
    TermsAccepted: 1,
    FactorAdded: 1,
    FactorRemoved: 1,
  },
  evolve(state, event) {
    if (event.type === 'UserCreated') {
      const { createdAt: _, ...user } = event.data;
      return {
        ...user,
        status: 'active',
        isLocked: false,
        passwordChangedAt: null,
        acceptedTerms: 0,
        factors: [],
        resetIds: [],
      };
    }
    invariant(state.status !== 'unknown', 'a user is created before anything else');
    return evolved(state, event);
  },
};

function evolved(
  user: KnownUser,
  { type, data }: Exclude<UserEvent, { type: 'UserCreated' }>,
): KnownUser {
  switch (type) {
    case 'UserChanged': {
      const { userId: _userId, changedAt: _changedAt, ...terms } = data;
      return { ...user, ...terms };
    }
    case 'UserDisabled':
      return { ...user, status: 'disabled' };
    case 'UserReactivated':
      return { ...user, status: 'active' };
    case 'UserLocked':
      return { ...user, isLocked: true };
    case 'PasswordReset':
      return { ...user, isLocked: false, resetIds: [...user.resetIds, data.resetId] };
    case 'PasswordChanged':
      return { ...user, passwordChangedAt: data.changedAt };
    case 'TermsAccepted':
      return { ...user, acceptedTerms: data.version };
    case 'FactorAdded':
      return { ...user, factors: [...user.factors, { factorId: data.factorId, kind: data.kind }] };
    case 'FactorRemoved':
      return {
        ...user,
        factors: user.factors.filter(({ factorId }) => factorId !== data.factorId),
      };
  }
}
