import type { Environment, Instant } from '@encaisse/kernel';

/** The category of the streams of the store: one for each shop and environment. */
export const STORE_CATEGORY = 'onboarding.shop_store';

/** A merchant passed on the identifier that the body of a payment means gave them (STORE-02). */
export type StoreServiceRequested = {
  readonly type: 'StoreServiceRequested';
  readonly data: {
    readonly requestId: string;
    readonly shopId: string;
    readonly environment: Environment;
    readonly paymentMeans: string;
    /** Given by the body of the payment means; the number of the contract to come. */
    readonly affiliateIdentifier: string;
    readonly requestedAt: Instant;
  };
};

/** Support opened the service: its contract is open. */
export type StoreServiceOpened = {
  readonly type: 'StoreServiceOpened';
  readonly data: {
    readonly requestId: string;
    readonly shopId: string;
    readonly environment: Environment;
    readonly contractId: string;
    readonly openedAt: Instant;
  };
};

export type StoreEvent = StoreServiceRequested | StoreServiceOpened;
