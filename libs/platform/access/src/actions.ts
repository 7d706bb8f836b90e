/**
 * Everything a route can need. A route names one; a profile, a key or a token allows some of them.
 * Source: `docs/spec/permissions.md` §1 and §6.
 */
export const ACTIONS = [
  // Every person who signs in.
  'own-account',
  'view-tree',
  'contact-support',
  // Consultation.
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
  // Action.
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
  // User management.
  'duplicate',
  'manage-hmac-key',
  'enter-payment',
  'view-users',
  'manage-users',
  'view-actions',
  'manage-api-keys',
  // Machines of merchants.
  'take-payment',
  // Bank and operator.
  'administer-merchants',
  'collect',
  'put-back-line',
  'resend-remittance',
  'open-store-service',
  'follow-mails',
  'retry-mail',
  'publish-terms',
  'fetch-remittance-files',
  'post-bank-answers',
  // Auditors.
  'read-events',
  // Development only.
  'develop',
] as const;

export type Action = (typeof ACTIONS)[number];
