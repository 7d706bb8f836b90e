import type { Instant } from '@encaisse/kernel';
import type { PersonReference } from './person-reference';

export const USER_CATEGORY = 'access.user';

/** Languages of mails and screens. */
export const USER_LANGUAGES = ['fr', 'en'] as const;
export type UserLanguage = (typeof USER_LANGUAGES)[number];

/** What a user manager sets of a user. */
export type UserTerms = {
  readonly profile: string;
  /** The node the user sees, with all below it (TREE-03); `root` for the bank and the operator. */
  readonly nodeId: string;
  readonly language: UserLanguage;
  /** Name, e-mail and mobile. */
  readonly person: PersonReference;
};

export type UserCreated = {
  readonly type: 'UserCreated';
  readonly data: UserTerms & {
    readonly userId: string;
    /** Unique in the installation, for ever. */
    readonly login: string;
    /** The command that created the user: the same one again creates nobody. */
    readonly creationId: string;
    readonly createdAt: Instant;
  };
};

/** Rights or data of a user, as they stand afterwards. */
export type UserChanged = {
  readonly type: 'UserChanged';
  readonly data: UserTerms & { readonly userId: string; readonly changedAt: Instant };
};

export type UserDisabled = {
  readonly type: 'UserDisabled';
  readonly data: { readonly userId: string; readonly disabledAt: Instant };
};

export type UserReactivated = {
  readonly type: 'UserReactivated';
  readonly data: { readonly userId: string; readonly reactivatedAt: Instant };
};

/** Three failures in a row (AUTH-11). */
export type UserLocked = {
  readonly type: 'UserLocked';
  readonly data: { readonly userId: string; readonly lockedAt: Instant };
};

/** The way back in was given: a link or a first password. Lifts a lock (AUTH-12). */
export type PasswordReset = {
  readonly type: 'PasswordReset';
  readonly data: {
    readonly userId: string;
    readonly resetId: string;
    readonly delivery: 'LINK' | 'TEMPORARY_PASSWORD';
    readonly expiresAt: Instant;
    readonly resetAt: Instant;
  };
};

export type PasswordChanged = {
  readonly type: 'PasswordChanged';
  readonly data: { readonly userId: string; readonly changedAt: Instant };
};

export type TermsAccepted = {
  readonly type: 'TermsAccepted';
  readonly data: {
    readonly userId: string;
    readonly version: number;
    readonly acceptedAt: Instant;
  };
};

export type FactorAdded = {
  readonly type: 'FactorAdded';
  readonly data: {
    readonly userId: string;
    readonly factorId: string;
    readonly kind: 'TOTP' | 'PASSKEY';
    readonly label: string;
    readonly addedAt: Instant;
  };
};

export type FactorRemoved = {
  readonly type: 'FactorRemoved';
  readonly data: {
    readonly userId: string;
    readonly factorId: string;
    readonly removedAt: Instant;
  };
};

export type UserEvent =
  | UserCreated
  | UserChanged
  | UserDisabled
  | UserReactivated
  | UserLocked
  | PasswordReset
  | PasswordChanged
  | TermsAccepted
  | FactorAdded
  | FactorRemoved;
