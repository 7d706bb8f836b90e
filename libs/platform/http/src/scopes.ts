import { type Action, actionsOf } from '@encaisse/platform/access';

/** What a development token may do: read, act on transactions, set up merchants, run the operator’s part, audit. */
export const TOKEN_SCOPES = ['read', 'operate', 'administer', 'operator', 'audit'] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

/** What only somebody who signed in has, and what other scopes give. */
const NOT_READING: readonly Action[] = [
  'own-account',
  'choose-page',
  'view-users',
  'view-actions',
  'read-events',
];

/** The actions behind the coarse scopes of development. People and keys are given single actions. */
const SCOPE_ACTIONS: Readonly<Record<TokenScope, readonly Action[]>> = {
  read: [...actionsOf('AUDITOR')].filter((action) => !NOT_READING.includes(action)),
  operate: [
    'cancel',
    'refund',
    'send-to-bank',
    'capture',
    'validate',
    'modify',
    'duplicate',
    'block-card',
    'change-blocked-cards',
    'terminate-plan',
    'terminate-subscription',
    'take-payment',
    'enter-payment',
  ],
  administer: [
    'administer-merchants',
    'edit-contract',
    'change-settings',
    'manage-hmac-key',
    'request-store-service',
    'view-users',
    'manage-users',
    'view-actions',
    'manage-api-keys',
    'develop',
  ],
  operator: [
    'collect',
    'put-back-line',
    'resend-remittance',
    'open-store-service',
    'follow-mails',
    'retry-mail',
    'publish-terms',
    'fetch-remittance-files',
    'post-bank-answers',
  ],
  audit: ['read-events', 'view-actions', 'view-users'],
};

export function actionsOfScopes(scopes: readonly TokenScope[]): ReadonlySet<Action> {
  return new Set(scopes.flatMap((scope) => SCOPE_ACTIONS[scope]));
}
