import type { ActionKind } from '@encaisse/platform/access';
import { uuidv7 } from 'uuidv7';
import type { ObjectKind, World } from './world';

/**
 * Who may call which route, written by hand from `docs/spec/permissions.md` and read by nobody but tests:
 * nothing here comes from the code it judges. A new route is one more line.
 */

/** How the id of what a route is about travels. */
export type Channel = 'path' | 'query' | 'body' | 'filter' | 'export' | 'bulk' | 'history';

/** What the sample of a request is made of: the id of its target, and the world around it. */
type Sample = (target: string, world: World) => Readonly<Record<string, unknown>>;

export type RoutePolicy = {
  /** Profiles that may; everybody, people who are not signed in included, where it is public. */
  readonly may: readonly string[] | 'public';
  /** The right by which an API key may, and the name the route itself gives; none where public. */
  readonly right?: string;
  /** Gates of signing in at which people may already. */
  readonly gates?: readonly ('second-factor' | 'password' | 'terms')[];
  /** What it is about, and by which channel the id travels; left out where it is about nothing. */
  readonly target?: readonly [ObjectKind, Channel];
  /** Kind of the entry in the action log. `nothing`: takes a body and changes nothing. */
  readonly logged?: ActionKind | 'nothing';
  /** What is accepted for the first time stands in the log by an event of its own. */
  readonly isAcceptedByEvent?: boolean;
  /** A request of the right form that later rules refuse, or that may be sent again and again. */
  readonly body?: Sample;
  readonly query?: Sample;
  /** Status of a target that is not there, or not to be seen; 404 unless told. */
  readonly unseen?: number;
  /** Refusals (403) that depend on more than profile and node, by code. */
  readonly laterRefusals?: readonly string[];
  /** A request that is accepted, for the action log. */
  readonly accepted?: Sample;
  /** Ends the session that calls it: called after all others. */
  readonly endsSession?: boolean;
  /** Once accepted, nobody goes on as before: accepted after all others. */
  readonly isLast?: boolean;
  /** Seen by whoever it belongs to alone: everybody else is answered as if it were not there. */
  readonly isPersonal?: boolean;
  /** Needs the top of the tree. */
  readonly isForRoot?: boolean;
};

const CONSULTING = ['VIEWER', 'CASHIER', 'MANAGER', 'SUPPORT', 'AUDITOR'];
const EVERY_PERSON = [...CONSULTING, 'ENTRY_OPERATOR', 'HMAC_MANAGER'];
const OPERATING = ['CASHIER', 'MANAGER'];
const MANAGING = ['MANAGER'];
const SEEING_USERS = ['MANAGER', 'SUPPORT', 'AUDITOR'];
const MANAGING_USERS = ['MANAGER', 'SUPPORT'];
const SUPPORTING = ['SUPPORT'];
const NO_PROFILE: readonly string[] = [];

const id: Sample = () => ({ id: uuidv7() });
const nothing: Sample = () => ({});
const none = { may: 'public' } as const;
const ofNode: Sample = (nodeId) => ({ nodeId });
const PERIOD = { from: '2026-11-01', to: '2026-11-28' };
const ofNodeAndPeriod: Sample = (nodeId) => ({ ...PERIOD, nodeId });
const amountIn = (currency: string) => ({ amount: { minor: 100, currency } });

const see = { may: CONSULTING, right: 'search-transactions' } as const;
const figures = { may: CONSULTING, right: 'view-statistics' } as const;
const remittances = { may: CONSULTING, right: 'view-remittances' } as const;
const exporting = { may: CONSULTING, right: 'export', logged: 'EXPORT' } as const;
/** Exports are seen by whoever asked for them alone. */
const fetching = {
  may: CONSULTING,
  right: 'export',
  target: ['export', 'path'],
  isPersonal: true,
} as const;
const actions = { may: SEEING_USERS, right: 'view-actions' } as const;
const keys = { may: MANAGING_USERS, right: 'manage-api-keys' } as const;
const settings = { may: [...CONSULTING, 'HMAC_MANAGER'], right: 'view-settings' } as const;
const hmac = {
  may: ['MANAGER', 'HMAC_MANAGER'],
  right: 'manage-hmac-key',
  target: ['shop', 'path'],
} as const;
const blocking = { may: OPERATING, right: 'change-blocked-cards' } as const;
const users = { may: MANAGING_USERS, right: 'manage-users', target: ['user', 'path'] } as const;
const merchants = { may: SUPPORTING, right: 'administer-merchants' } as const;
const onTransaction = { may: OPERATING, target: ['transaction', 'path'] } as const;
const development = { may: NO_PROFILE, right: 'develop' } as const;
const own = { may: EVERY_PERSON, right: 'own-account' } as const;
const secondFactor = { ...own, gates: ['second-factor'], logged: 'SECOND_FACTOR' } as const;
const profileRules = ['profile-not-allowed', 'own-account'];

/** Every route of the product. */
export const POLICY: Readonly<Record<string, RoutePolicy>> = {
  'GET /health/live': none,
  'GET /health/ready': none,
  'GET /metrics': none,
  'GET /api/asyncapi.json': none,
  'POST /oauth/token': { ...none, logged: 'TOKEN', body: nothing },
  'GET /api/v1/scheduler': none,
  'GET /api/v1/reconciliation': none,

  'POST /api/v1/session': { ...none, logged: 'SIGN_IN', body: nothing },
  'GET /api/v1/session': { ...own, gates: ['second-factor', 'password', 'terms'] },
  'DELETE /api/v1/session': {
    ...own,
    gates: ['second-factor', 'password', 'terms'],
    logged: 'SIGN_OUT',
    endsSession: true,
  },
  'PUT /api/v1/session/environment': {
    ...own,
    logged: 'PREFERENCES',
    body: () => ({ environment: 'TEST' }),
    accepted: () => ({ environment: 'TEST' }),
  },
  'PUT /api/v1/me/password': {
    ...own,
    gates: ['password', 'terms'],
    logged: 'PASSWORD_CHANGE',
    body: nothing,
  },
  'GET /password': none,
  'POST /api/v1/one-time-links/password': { ...none, logged: 'PASSWORD_CHANGE', body: nothing },
  'GET /api/v1/me': own,
  'PATCH /api/v1/me': {
    ...own,
    logged: 'OWN_DATA_CHANGE',
    body: () => ({ email: 'two@example.com', mobile: '+33612345678' }),
    accepted: () => ({ language: 'en' }),
  },
  'POST /api/v1/me/contact-change/confirm': {
    ...own,
    logged: 'OWN_DATA_CHANGE',
    body: nothing,
  },
  'DELETE /api/v1/me/contact-change': {
    ...own,
    logged: 'OWN_DATA_CHANGE',
    accepted: nothing,
  },
  'GET /api/v1/me/preferences': { may: CONSULTING, right: 'choose-page' },
  'PUT /api/v1/me/preferences': {
    may: CONSULTING,
    right: 'choose-page',
    logged: 'PREFERENCES',
    body: nothing,
    accepted: () => ({ landingPage: 'statistics', journalColumns: null, savedSearches: [] }),
  },
  'POST /api/v1/password-quality': {
    ...none,
    logged: 'nothing',
    body: () => ({ password: '123456%AfP@10oz' }),
  },
  'GET /api/v1/terms': none,
  'POST /api/v1/me/terms': {
    ...own,
    gates: ['terms'],
    logged: 'TERMS_ACCEPTANCE',
    body: () => ({ version: 999 }),
    accepted: () => ({ version: 1 }),
  },
  'POST /api/v1/terms': {
    may: SUPPORTING,
    right: 'publish-terms',
    logged: 'TERMS_PUBLICATION',
    body: nothing,
    accepted: () => ({ id: uuidv7(), textFr: 'Conditions.', textEn: 'Terms.' }),
    isLast: true,
  },

  'POST /api/v1/session/second-factor': { ...secondFactor, body: nothing },
  'POST /api/v1/session/second-factor/options': secondFactor,
  'POST /api/v1/session/second-factor/passkey': { ...secondFactor, body: nothing },
  'GET /api/v1/me/factors': own,
  'POST /api/v1/me/factors/totp': { ...own, logged: 'SECOND_FACTOR', body: nothing },
  'POST /api/v1/me/factors/passkeys/options': { ...own, logged: 'SECOND_FACTOR' },
  'POST /api/v1/me/factors/passkeys': { ...own, logged: 'SECOND_FACTOR', body: nothing },
  'POST /api/v1/me/factors/{factorId}/confirm': {
    ...own,
    target: ['factor', 'path'],
    isPersonal: true,
    logged: 'SECOND_FACTOR',
    body: () => ({ code: '000000' }),
  },
  'DELETE /api/v1/me/factors/{factorId}': {
    ...own,
    target: ['factor', 'path'],
    isPersonal: true,
    logged: 'SECOND_FACTOR',
    body: nothing,
    laterRefusals: ['fresh-factor-needed'],
  },
  'DELETE /api/v1/users/{userId}/factors': {
    ...users,
    logged: 'SECOND_FACTOR',
    laterRefusals: profileRules,
  },
  'GET /api/v1/api-keys': { ...keys, target: ['node', 'filter'], query: ofNode },
  'POST /api/v1/api-keys': {
    ...keys,
    target: ['node', 'body'],
    logged: 'API_KEY',
    body: (nodeId) => ({ ...newKey(nodeId), actions: ['develop'] }),
    laterRefusals: ['action-not-grantable'],
    accepted: newKey,
  },
  'POST /api/v1/api-keys/{keyId}/rotate': {
    ...keys,
    target: ['apiKey', 'path'],
    logged: 'API_KEY',
    body: id,
  },
  'POST /api/v1/api-keys/{keyId}/revoke': {
    ...keys,
    target: ['apiKey', 'path'],
    logged: 'API_KEY',
  },

  'GET /api/v1/users': {
    may: SEEING_USERS,
    right: 'view-users',
    target: ['node', 'filter'],
    query: ofNode,
  },
  'GET /api/v1/users/{userId}': {
    may: SEEING_USERS,
    right: 'view-users',
    target: ['user', 'path'],
  },
  'POST /api/v1/users': {
    ...users,
    target: ['node', 'body'],
    logged: 'USER_CREATION',
    body: (nodeId, { takenLogin }) => ({ ...newUser(nodeId), login: takenLogin }),
    accepted: (nodeId) => newUser(nodeId),
  },
  'PATCH /api/v1/users/{userId}': {
    ...users,
    logged: 'USER_CHANGE',
    body: () => ({ email: 'two@example.com', mobile: '+33612345678' }),
    laterRefusals: profileRules,
    accepted: () => ({ language: 'en' }),
  },
  'POST /api/v1/users/{userId}/deactivate': {
    ...users,
    logged: 'USER_DEACTIVATION',
    laterRefusals: profileRules,
    accepted: nothing,
  },
  'POST /api/v1/users/{userId}/reactivate': {
    ...users,
    logged: 'USER_CHANGE',
    laterRefusals: profileRules,
    accepted: nothing,
  },
  'POST /api/v1/users/{userId}/reset': {
    ...users,
    logged: 'USER_RESET',
    body: id,
    laterRefusals: profileRules,
    accepted: id,
  },

  'GET /api/v1/nodes': { may: EVERY_PERSON, right: 'view-tree' },
  'GET /api/v1/nodes/{nodeId}': {
    may: EVERY_PERSON,
    right: 'view-tree',
    target: ['node', 'path'],
  },
  'GET /api/v1/nodes/{nodeId}/contracts': {
    may: CONSULTING,
    right: 'view-contracts',
    target: ['node', 'path'],
  },
  'POST /api/v1/nodes': {
    ...merchants,
    target: ['node', 'body'],
    logged: 'NODE_OPENING',
    unseen: 422,
    body: (parentId) => ({ id: uuidv7(), level: 'BRAND', name: 'Nowhere', parentId }),
    accepted: () => ({ id: uuidv7(), level: 'BRAND', name: 'Papeterie' }),
  },
  'POST /api/v1/nodes/{nodeId}/move': {
    ...merchants,
    target: ['node', 'path'],
    logged: 'NODE_CHANGE',
    body: (_, world) => ({ id: uuidv7(), parentId: world.nodeId('A11') }),
  },
  'PATCH /api/v1/nodes/{nodeId}': {
    ...merchants,
    target: ['node', 'path'],
    logged: 'NODE_CHANGE',
    body: () => ({ id: uuidv7(), name: 'Place' }),
    accepted: () => ({ id: uuidv7(), name: 'Place' }),
  },
  'GET /api/v1/contracts': {
    may: CONSULTING,
    right: 'view-contracts',
    target: ['node', 'filter'],
    query: ofNode,
  },
  'GET /api/v1/contracts/export': {
    ...exporting,
    target: ['node', 'export'],
    query: ofNode,
    accepted: nothing,
  },
  'GET /api/v1/contracts/{contractId}/activity': {
    may: CONSULTING,
    right: 'view-contracts',
    target: ['contract', 'path'],
  },
  'GET /api/v1/contracts/{contractId}/detail': {
    may: CONSULTING,
    right: 'view-contracts',
    target: ['contract', 'path'],
  },
  'PUT /api/v1/contracts/{contractId}/technical-data': {
    ...merchants,
    target: ['contract', 'path'],
    logged: 'CONTRACT_CHANGE',
    body: nothing,
  },
  'GET /api/v1/shops/{shopId}/settings': { ...settings, target: ['shop', 'path'] },
  'PATCH /api/v1/shops/{shopId}/settings': {
    may: OPERATING,
    right: 'change-settings',
    target: ['shop', 'path'],
    logged: 'SETTING_CHANGE',
    body: nothing,
  },
  'PUT /api/v1/shops/{shopId}/options/{option}': {
    ...merchants,
    logged: 'SETTING_CHANGE',
    body: nothing,
  },
  'GET /api/v1/shops/{shopId}/store': {
    may: CONSULTING,
    right: 'view-store',
    target: ['shop', 'path'],
  },
  'POST /api/v1/shops/{shopId}/store/requests': {
    may: OPERATING,
    right: 'request-store-service',
    target: ['shop', 'path'],
    logged: 'STORE_REQUEST',
    body: () => ({ id: uuidv7(), paymentMeans: 'DINERS', affiliateIdentifier: '7654321' }),
  },
  'GET /api/v1/store-requests': { may: SUPPORTING, right: 'open-store-service' },
  'POST /api/v1/store-requests/{requestId}/open': {
    may: SUPPORTING,
    right: 'open-store-service',
    target: ['storeRequest', 'path'],
    logged: 'STORE_OPENING',
    body: () => ({
      id: uuidv7(),
      currency: 'EUR',
      minimumMinor: 1,
      maximumMinor: 2,
      label: 'STORE',
    }),
  },
  'GET /api/v1/support': { may: EVERY_PERSON, right: 'contact-support' },
  'POST /api/v1/contact-requests': {
    may: EVERY_PERSON,
    right: 'contact-support',
    logged: 'CONTACT_REQUEST',
    body: nothing,
  },
  'GET /api/v1/notices': settings,
  'GET /api/v1/shops/{shopId}/hmac-keys': { ...settings, target: ['shop', 'path'] },
  'POST /api/v1/shops/{shopId}/hmac-keys': {
    ...hmac,
    logged: 'HMAC_KEY',
    body: () => ({ id: uuidv7(), passphrase: 'short' }),
  },
  'POST /api/v1/shops/{shopId}/hmac-keys/strength': {
    ...hmac,
    logged: 'nothing',
    body: () => ({ passphrase: 'short' }),
  },
  'POST /api/v1/shops/{shopId}/hmac-keys/verify': {
    ...hmac,
    logged: 'nothing',
    body: () => ({ message: 'x', digest: '0'.repeat(128) }),
  },
  'POST /api/v1/hmac-keys/activate': { ...none, logged: 'HMAC_KEY', body: nothing },
  'GET /hmac/activate': none,
  'POST /hmac/activate': { ...none, logged: 'HMAC_KEY', body: nothing },
  'GET /api/v1/blocked-cards': {
    may: CONSULTING,
    right: 'view-blocked-cards',
    target: ['node', 'filter'],
    query: ofNode,
  },
  'POST /api/v1/blocked-cards': {
    ...blocking,
    target: ['node', 'body'],
    logged: 'CARD_BLOCKING',
    body: (nodeId) => ({ id: uuidv7(), nodeId, cardNumber: '4000000000000011' }),
  },
  'DELETE /api/v1/blocked-cards/{blockId}': {
    ...blocking,
    target: ['block', 'path'],
    logged: 'CARD_UNBLOCKING',
  },
  'POST /api/v1/transactions/{transactionId}/block-card': {
    ...onTransaction,
    right: 'block-card',
    logged: 'CARD_BLOCKING',
    body: id,
  },
  'POST /api/v1/contracts': {
    ...merchants,
    target: ['shop', 'body'],
    logged: 'CONTRACT_OPENING',
    unseen: 422,
    body: (shopId) => ({ ...newContract(shopId), minimumMinor: 2, maximumMinor: 1 }),
    accepted: newContract,
  },
  'GET /api/v1/contracts/{contractId}': {
    may: CONSULTING,
    right: 'view-contracts',
    target: ['contract', 'path'],
  },
  'PATCH /api/v1/contracts/{contractId}': {
    may: OPERATING,
    right: 'edit-contract',
    target: ['contract', 'path'],
    logged: 'SETTING_CHANGE',
    body: () => ({ minimumMinor: 2, maximumMinor: 1 }),
    accepted: () => ({ id: uuidv7(), label: 'LIBRAIRIE' }),
  },
  'POST /api/v1/contracts/{contractId}/deactivate': {
    ...merchants,
    target: ['contract', 'path'],
    logged: 'CONTRACT_CHANGE',
    body: id,
    accepted: id,
  },
  'POST /api/v1/contracts/{contractId}/activate': {
    ...merchants,
    target: ['contract', 'path'],
    logged: 'CONTRACT_CHANGE',
    body: id,
    accepted: id,
  },

  'POST /api/v1/payments': {
    may: NO_PROFILE,
    right: 'take-payment',
    target: ['contract', 'body'],
    logged: 'PAYMENT',
    isAcceptedByEvent: true,
    unseen: 422,
    body: (contractId) => newPayment(contractId, '4000000000000011'),
    accepted: (contractId) => newPayment(contractId, '4000000000000010'),
  },
  'POST /api/v1/transactions/{transactionId}/duplicate': {
    may: MANAGING,
    right: 'duplicate',
    target: ['transaction', 'path'],
    logged: 'DUPLICATION',
    body: () => ({ id: uuidv7(), orderReference: 'CMD-1', ...amountIn('EUR') }),
    accepted: () => ({ id: uuidv7(), orderReference: 'CMD-2', ...amountIn('EUR') }),
  },
  'GET /api/v1/transactions': { ...see, target: ['node', 'filter'], query: ofNodeAndPeriod },
  'GET /api/v1/transactions/totals': { ...see, target: ['node', 'filter'], query: ofNodeAndPeriod },
  'GET /api/v1/transactions/export': {
    ...exporting,
    target: ['node', 'export'],
    query: ofNodeAndPeriod,
    accepted: () => PERIOD,
  },
  'GET /api/v1/transactions/{transactionId}': { ...see, target: ['transaction', 'path'] },
  'GET /api/v1/transactions/{transactionId}/history': {
    ...see,
    right: 'view-history',
    target: ['transaction', 'history'],
  },
  'GET /api/v1/transactions/{transactionId}/operations': {
    ...see,
    target: ['transaction', 'path'],
  },
  'POST /api/v1/transactions/{transactionId}/cancel': {
    ...onTransaction,
    right: 'cancel',
    logged: 'CANCELLATION',
    body: id,
    accepted: id,
  },
  'POST /api/v1/transactions/{transactionId}/capture': {
    ...onTransaction,
    right: 'capture',
    logged: 'CAPTURE',
    body: id,
    accepted: id,
  },
  'POST /api/v1/transactions/{transactionId}/refunds': {
    ...onTransaction,
    right: 'refund',
    logged: 'REFUND',
    body: () => ({ id: uuidv7(), ...amountIn('USD') }),
    accepted: () => ({ id: uuidv7(), ...amountIn('EUR') }),
  },
  'POST /api/v1/transactions/{transactionId}/send': {
    ...onTransaction,
    right: 'send-to-bank',
    logged: 'SENDING',
    body: id,
    accepted: id,
  },
  'POST /api/v1/transactions/{transactionId}/validate': {
    ...onTransaction,
    right: 'validate',
    logged: 'VALIDATION',
    body: id,
  },
  'POST /api/v1/transactions/{transactionId}/modify': {
    ...onTransaction,
    right: 'modify',
    logged: 'MODIFICATION',
    body: id,
    accepted: () => ({ id: uuidv7(), ...amountIn('EUR') }),
  },
  'POST /api/v1/transactions/{transactionId}/put-back': {
    may: SUPPORTING,
    right: 'put-back-line',
    target: ['transaction', 'path'],
    logged: 'LINE_PUT_BACK',
    body: id,
  },
  'POST /api/v1/mass-operations/preview': {
    may: OPERATING,
    right: 'capture',
    target: ['node', 'bulk'],
    logged: 'nothing',
    body: (nodeId) => ({ operation: 'capture', search: { ...PERIOD, nodeId } }),
  },
  'POST /api/v1/mass-operations': {
    may: OPERATING,
    right: 'capture',
    target: ['node', 'bulk'],
    logged: 'MASS_OPERATION',
    body: (nodeId) => ({
      id: uuidv7(),
      operation: 'capture',
      expectedCount: 999,
      search: { ...PERIOD, nodeId },
    }),
    accepted: (nodeId) => ({
      id: uuidv7(),
      operation: 'send',
      search: { ...PERIOD, nodeId },
    }),
  },
  'GET /api/v1/mass-operations': see,
  'GET /api/v1/mass-operations/{massOperationId}': { ...see, target: ['massOperation', 'path'] },
  'GET /api/v1/mass-operations/{massOperationId}/report': {
    ...see,
    target: ['massOperation', 'history'],
  },
  'GET /api/v1/statistics/curve': { ...figures, target: ['node', 'filter'], query: ofNode },
  'GET /api/v1/statistics/dashboard': { ...figures, target: ['node', 'filter'], query: ofNode },

  'GET /api/v1/remittances': { ...remittances, target: ['node', 'filter'], query: ofNodeAndPeriod },
  'GET /api/v1/remittances/export': {
    ...exporting,
    target: ['node', 'export'],
    query: ofNodeAndPeriod,
    accepted: () => PERIOD,
  },
  'GET /api/v1/remittances/{remittanceId}': { ...remittances, target: ['remittance', 'path'] },
  'GET /api/v1/remittances/{remittanceId}/transactions': {
    ...remittances,
    target: ['remittance', 'path'],
  },
  'POST /api/v1/remittances/{remittanceId}/resend': {
    may: SUPPORTING,
    right: 'resend-remittance',
    target: ['remittance', 'path'],
    logged: 'REMITTANCE_RESENDING',
    body: id,
  },
  'POST /api/v1/remittances/telecollect': {
    may: NO_PROFILE,
    right: 'collect',
    target: ['contract', 'body'],
    logged: 'TELECOLLECTION',
    body: (contractId) => ({ contractId }),
    accepted: (contractId) => ({ contractId }),
  },

  'POST /api/v1/exports': {
    ...exporting,
    target: ['node', 'export'],
    body: (nodeId) => ({
      id: uuidv7(),
      kind: 'transactions',
      search: { ...PERIOD, nodeId },
      columns: ['noSuchColumn'],
    }),
    accepted: (nodeId) => ({ id: uuidv7(), kind: 'transactions', search: { ...PERIOD, nodeId } }),
  },
  'GET /api/v1/exports': { may: CONSULTING, right: 'export' },
  'GET /api/v1/exports/{exportId}': fetching,
  'GET /api/v1/exports/{exportId}/file': fetching,
  'GET /api/v1/exports/{exportId}/manifest': fetching,

  'GET /api/v1/actions': { ...actions, target: ['node', 'filter'], query: ofNode },
  'GET /api/v1/actions/export': {
    ...actions,
    target: ['node', 'export'],
    query: ofNode,
    logged: 'EXPORT',
    accepted: nothing,
  },
  'GET /api/v1/actions/{actionId}': { ...actions, target: ['action', 'path'] },

  'GET /api/v1/mails': { may: ['SUPPORT', 'AUDITOR'], right: 'follow-mails' },
  'POST /api/v1/mails/{mailId}/retry': {
    may: SUPPORTING,
    right: 'retry-mail',
    target: ['mail', 'path'],
    logged: 'MAIL_RETRY',
  },
  'GET /api/v1/events': { may: ['AUDITOR'], right: 'read-events', isForRoot: true },

  // The clock and the tokens of development, and what plays the outside: absent in production.
  'GET /dev/clock': development,
  'POST /dev/clock': { ...development, logged: 'DEVELOPMENT', body: nothing },
  'POST /dev/tokens': {
    ...development,
    logged: 'DEVELOPMENT',
    body: nothing,
    accepted: () => ({ login: 'one.more', nodeId: 'root', scopes: ['read'] }),
  },
  'GET /dev/mail': none,
  'GET /dev/mail.json': none,
  'DELETE /dev/mail': { ...none, logged: 'nothing' },
  'GET /dev/mail/{mailId}': { ...none, target: ['sinkMail', 'path'] },
  'GET /dev/mail/{mailId}/html': { ...none, target: ['sinkMail', 'path'] },
  'GET /dev/sms': none,
  'GET /dev/sms.json': none,
  'GET /simulator/remittance-files': none,
  'POST /simulator/remittance-files/orders': { ...none, logged: 'nothing', body: nothing },
  'DELETE /simulator/remittance-files/orders': { ...none, logged: 'nothing' },
};

function newUser(nodeId: string) {
  const name = uuidv7();
  return {
    id: name,
    name: 'Claire Martin',
    email: `claire.${name}@example.com`,
    profile: 'VIEWER',
    nodeId,
  };
}

function newContract(shopId: string) {
  return {
    id: uuidv7(),
    shopId,
    contractNumber: uuidv7().replace(/\D/g, '').slice(-12),
    paymentMeans: 'VISA',
    currency: 'EUR',
    minimumMinor: 1,
    maximumMinor: 1000,
    label: 'LIBRAIRIE',
  };
}

function newPayment(contractId: string, number: string) {
  return {
    id: uuidv7(),
    contractId,
    orderReference: 'CMD-1',
    ...amountIn('EUR'),
    card: { number, expiry: '4912' },
  };
}

function newKey(nodeId: string) {
  return { id: uuidv7(), label: 'Caisse', actions: ['search-transactions'], nodeId };
}
