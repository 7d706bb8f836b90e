import { accept, type Decision, type Instant, refuse, type StreamType } from '@encaisse/kernel';
import {
  CONTACT_REQUEST_CATEGORY,
  type ContactRequested,
} from '@encaisse/merchant-onboarding/contract';

/** A request to support: null until it is made. */
export type ContactRequest = ContactRequested['data'] | null;

export const contactRequestStream: StreamType<ContactRequest, ContactRequested> = {
  category: CONTACT_REQUEST_CATEGORY,
  initial: null,
  schemaVersions: { ContactRequested: 1 },
  evolve: (_state, { data }) => data,
};

/** Writes to support of a contract (SUPP-01). */
export function requestContact(
  { at, ...request }: Omit<ContactRequested['data'], 'requestedAt'> & { readonly at: Instant },
  state: ContactRequest,
): Decision<ContactRequested, { readonly code: 'id-reused' }> {
  if (state !== null)
    return state.fingerprint === request.fingerprint ? accept() : refuse({ code: 'id-reused' });
  return accept({ type: 'ContactRequested', data: { ...request, requestedAt: at } });
}
