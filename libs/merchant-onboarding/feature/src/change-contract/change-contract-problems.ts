import type { ChangeContractRefusal } from '@encaisse/merchant-onboarding/domain';
import { problems } from '@encaisse/platform/http';

/** One row per refusal: a refusal without its row does not compile. */
export const CHANGE_CONTRACT_PROBLEMS = problems<ChangeContractRefusal['code']>({
  'id-reused': { status: 409, title: 'This id was used for another request' },
  'contract-unknown': { status: 404, title: 'There is nothing here' },
  'maximum-above-ceiling': { status: 422, title: 'The maximum is above the bank’s ceiling' },
  'limits-out-of-order': { status: 422, title: 'Minimum, maximum and ceiling are not in order' },
});
