import type { RequestStoreServiceRefusal } from '@encaisse/merchant-onboarding/domain';
import { problems } from '@encaisse/platform/http';

/** One row per refusal: a refusal without its row does not compile. */
export const STORE_PROBLEMS = problems<RequestStoreServiceRefusal['code'] | 'request-unknown'>({
  'id-reused': { status: 409, title: 'This id was used for another request' },
  'service-requested': { status: 409, title: 'The service was asked for already' },
  'service-open': { status: 409, title: 'The shop has the service already' },
  'request-unknown': { status: 404, title: 'There is no such request' },
});
