/**
 * The services, in the order in which they start, which is also the order in which a change of the
 * development clock reaches them: those that run timed jobs come before those that only answer.
 */
export const SERVICES = [
  'acquirer-simulator',
  'merchant-onboarding',
  'remittance',
  'scheduler',
  'reconciliation',
  'authorization',
  'cashdesk',
  'backoffice',
] as const;

export type ServiceName = (typeof SERVICES)[number];

/** One process of a service. */
export type ServiceCopy = { readonly service: ServiceName; readonly index: number };
