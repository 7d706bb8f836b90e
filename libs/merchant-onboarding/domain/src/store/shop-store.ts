import { accept, type Decision, type Instant, refuse, type StreamType } from '@encaisse/kernel';
import {
  STORE_CATEGORY,
  type StoreEvent,
  type StoreServiceOpened,
  type StoreServiceRequested,
} from '@encaisse/merchant-onboarding/contract';

/** A request of the store, with the contract it led to. */
export type StoreRequest = StoreServiceRequested['data'] & { readonly contractId: string | null };

/** The requests of a shop in one environment, in the order they were made. */
export type ShopStore = { readonly requests: readonly StoreRequest[] };

export const shopStoreStream: StreamType<ShopStore, StoreEvent> = {
  category: STORE_CATEGORY,
  initial: { requests: [] },
  schemaVersions: { StoreServiceRequested: 1, StoreServiceOpened: 1 },
  evolve({ requests }, { type, data }) {
    if (type === 'StoreServiceRequested')
      return { requests: [...requests, { ...data, contractId: null }] };
    const { requestId, contractId } = data;
    return {
      requests: requests.map((one) => (one.requestId === requestId ? { ...one, contractId } : one)),
    };
  },
};

export type RequestStoreServiceRefusal =
  | { readonly code: 'id-reused' }
  | { readonly code: 'service-requested'; readonly requestId: string }
  | { readonly code: 'service-open' };

/** Asks support to open a payment means (STORE-02). */
export function requestStoreService(
  {
    at,
    hasContract,
    ...request
  }: Omit<StoreServiceRequested['data'], 'requestedAt'> & {
    /** Whether an active contract for the means is there. */
    readonly hasContract: boolean;
    readonly at: Instant;
  },
  { requests }: ShopStore,
): Decision<StoreServiceRequested, RequestStoreServiceRefusal> {
  const earlier = requests.find(({ requestId }) => requestId === request.requestId);
  if (earlier !== undefined) {
    const isSame =
      earlier.paymentMeans === request.paymentMeans &&
      earlier.affiliateIdentifier === request.affiliateIdentifier;
    return isSame ? accept() : refuse({ code: 'id-reused' });
  }
  if (hasContract) return refuse({ code: 'service-open' });
  const waiting = requests.find(
    ({ paymentMeans, contractId }) => paymentMeans === request.paymentMeans && contractId === null,
  );
  if (waiting) return refuse({ code: 'service-requested', requestId: waiting.requestId });
  return accept({ type: 'StoreServiceRequested', data: { ...request, requestedAt: at } });
}

/** Tells that support opened the contract of a request; done once. */
export function openStoreService(
  command: { readonly requestId: string; readonly contractId: string; readonly at: Instant },
  { requests }: ShopStore,
): Decision<StoreServiceOpened, { readonly code: 'request-unknown' }> {
  const { requestId, contractId, at } = command;
  const request = requests.find((one) => one.requestId === requestId);
  if (request === undefined) return refuse({ code: 'request-unknown' });
  if (request.contractId !== null) return accept();
  const { shopId, environment } = request;
  const data = { requestId, shopId, environment, contractId, openedAt: at };
  return accept({ type: 'StoreServiceOpened', data });
}
