import type { ApiKeyRefusal } from '@encaisse/access/domain';
import { problems } from '@encaisse/platform/http';

/** One row per refusal: a refusal without its row does not compile. */
export const API_KEY_PROBLEMS = problems<ApiKeyRefusal['code']>({
  'api-key-unknown': { status: 404, title: 'There is nothing here' },
  'id-reused': { status: 409, title: 'This id was used for another request' },
  'api-key-revoked': { status: 409, title: 'The key was revoked' },
  'action-not-grantable': { status: 403, title: 'A right of the key is not yours to give' },
  'expiry-past': { status: 422, title: 'The key would have expired already' },
});

/** What the caller reads of a refusal. */
export function apiKeyDetail(refusal: ApiKeyRefusal): string {
  if (refusal.code === 'action-not-grantable')
    return `actions: « ${refusal.action} » is not yours to give to a machine`;
  return refusal.code === 'expiry-past' ? 'expiresAt: give a later instant' : refusal.code;
}
