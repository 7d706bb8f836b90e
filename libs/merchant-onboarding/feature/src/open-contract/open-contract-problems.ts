import type { OpenContractRefusal } from '@encaisse/merchant-onboarding/domain';
import { problems } from '@encaisse/platform/http';

/** One row per refusal: a refusal without its row does not compile. */
export const OPEN_CONTRACT_PROBLEMS = problems<OpenContractRefusal['code']>({
  'id-reused': { status: 409, title: 'This id was used for another request' },
  'shop-unknown': { status: 422, title: 'There is no such shop' },
  'limits-out-of-order': { status: 422, title: 'Minimum, maximum and ceiling are not in order' },
  'contract-number-taken': {
    status: 409,
    title: 'A contract with this number, rank, means and currency exists',
  },
});
