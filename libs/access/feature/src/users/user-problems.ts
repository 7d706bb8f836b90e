import type { CreateUserRefusal, ManageUserRefusal } from '@encaisse/access/domain';
import { Problem, problems } from '@encaisse/platform/http';

/** One row per refusal: a refusal without its row does not compile. */
export const USER_PROBLEMS = problems<CreateUserRefusal['code'] | ManageUserRefusal['code']>({
  'id-reused': { status: 409, title: 'This id was used for another request' },
  'login-taken': { status: 409, title: 'Somebody has this login' },
  'profile-not-allowed': { status: 403, title: 'Users of this profile are not yours to manage' },
  'merchant-above-brands': { status: 422, title: 'A merchant’s user belongs to a brand or below' },
  'user-unknown': { status: 404, title: 'There is nothing here' },
  'own-account': { status: 403, title: 'Nobody changes their own account here' },
  'user-disabled': { status: 409, title: 'The account is closed' },
  'last-manager': { status: 409, title: 'The last user manager of a brand must stay' },
});

const CONTACT_PROBLEMS = problems({
  'contact-channels-together': {
    status: 422,
    title: 'E-mail address and mobile cannot change together',
  },
  'login-needed': { status: 409, title: 'No login made from the name is free' },
  'email-taken': { status: 409, title: 'Another user has this e-mail address' },
  'delivery-not-allowed': { status: 403, title: 'Only support gives first passwords' },
});

export function contactProblem(code: keyof typeof CONTACT_PROBLEMS, detail: string): Problem {
  return new Problem(code, CONTACT_PROBLEMS[code], detail);
}
