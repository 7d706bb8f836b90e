import { type Action, ACTIONS } from './actions';

/** The five profiles of merchants, from `docs/spec/permissions.md` §1. */
export const MERCHANT_PROFILES = [
  'VIEWER',
  'CASHIER',
  'MANAGER',
  'ENTRY_OPERATOR',
  'HMAC_MANAGER',
] as const;
export type MerchantProfile = (typeof MERCHANT_PROFILES)[number];

/** Roles of the bank and the operator, from §6. */
export const OPERATOR_PROFILES = ['SUPPORT', 'BANK_INTEGRATION', 'AUDITOR'] as const;

/** What a person signs in as: one profile per user. */
export const PROFILES = [...MERCHANT_PROFILES, ...OPERATOR_PROFILES] as const;
export type Profile = (typeof PROFILES)[number];

const EVERYBODY: readonly Action[] = ['own-account', 'view-tree', 'contact-support'];

const CONSULTATION: readonly Action[] = [
  'view-store',
  'choose-page',
  'view-statistics',
  'search-transactions',
  'view-history',
  'export',
  'view-remittances',
  'view-jrb',
  'follow-plans',
  'view-settings',
  'view-contracts',
  'view-blocked-cards',
];

const OPERATION: readonly Action[] = [
  'cancel',
  'refund',
  'send-to-bank',
  'capture',
  'validate',
  'modify',
  'block-card',
  'terminate-plan',
  'terminate-subscription',
  'change-settings',
  'edit-contract',
  'change-blocked-cards',
  'request-store-service',
];

const MANAGEMENT_VIEW: readonly Action[] = ['view-users', 'view-actions'];

const MANAGEMENT: readonly Action[] = [
  'duplicate',
  'manage-hmac-key',
  'enter-payment',
  'manage-users',
  'manage-api-keys',
];

/** The policy: what is not listed is denied. Written by hand, changed by hand. */
const POLICY: Readonly<Record<Profile, readonly Action[]>> = {
  VIEWER: [...EVERYBODY, ...CONSULTATION],
  CASHIER: [...EVERYBODY, ...CONSULTATION, ...OPERATION],
  MANAGER: [...EVERYBODY, ...CONSULTATION, ...OPERATION, ...MANAGEMENT_VIEW, ...MANAGEMENT],
  ENTRY_OPERATOR: [...EVERYBODY, 'enter-payment'],
  HMAC_MANAGER: [...EVERYBODY, 'view-settings', 'manage-hmac-key'],
  SUPPORT: [
    ...EVERYBODY,
    ...CONSULTATION,
    ...MANAGEMENT_VIEW,
    'manage-users',
    'manage-api-keys',
    // The operator registers merchants in the payment server (§5).
    'administer-merchants',
    'put-back-line',
    'resend-remittance',
    'open-store-service',
    'follow-mails',
    'retry-mail',
    'publish-terms',
  ],
  BANK_INTEGRATION: ['fetch-remittance-files', 'post-bank-answers'],
  AUDITOR: [...EVERYBODY, ...CONSULTATION, ...MANAGEMENT_VIEW, 'follow-mails', 'read-events'],
};

const ALLOWED = new Map(PROFILES.map((profile) => [profile, new Set(POLICY[profile])]));
const NONE: ReadonlySet<Action> = new Set();

/** The actions of a profile: the one decision point for people. */
export function actionsOf(profile: Profile): ReadonlySet<Action> {
  return ALLOWED.get(profile) ?? NONE;
}

/** What only people do: no machine is given these. */
const PERSONAL: ReadonlySet<Action> = new Set(['own-account', 'choose-page', 'manage-users']);

/** What a machine can be allowed by a person of a profile: what they may do, or what only machines do. */
export function grantableBy(profile: Profile): ReadonlySet<Action> {
  const own = grantableOf(actionsOf(profile));
  if (profile === 'MANAGER') return new Set<Action>([...own, 'take-payment']);
  if (profile === 'SUPPORT') return new Set<Action>([...own, ...POLICY.BANK_INTEGRATION]);
  return NONE;
}

/** What a machine, or the installation itself, can allow another machine: some of what it may do. */
export function grantableOf(actions: ReadonlySet<Action>): ReadonlySet<Action> {
  return new Set([...actions].filter((action) => !PERSONAL.has(action)));
}

export function isAction(text: string): text is Action {
  return (ACTIONS as readonly string[]).includes(text);
}
