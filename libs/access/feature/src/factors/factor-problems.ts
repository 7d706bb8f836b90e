import { Problem, problems } from '@encaisse/platform/http';

export const FACTOR_PROBLEMS = problems({
  'second-factor-refused': { status: 401, title: 'The second factor is wrong' },
  'factor-code-wrong': { status: 403, title: 'The code is wrong' },
  'passkey-refused': { status: 422, title: 'The passkey was not proved' },
  'passkey-known': { status: 409, title: 'This passkey is registered already' },
  'too-many-factors': { status: 409, title: 'There are as many second factors as there may be' },
  'id-reused': { status: 409, title: 'This id was used for another request' },
});

const DETAILS: Readonly<Record<keyof typeof FACTOR_PROBLEMS, string>> = {
  'second-factor-refused':
    'give a code that was not used before, or the passkey; after three failures the account is locked',
  'factor-code-wrong': 'code: give the one shown now; each is good once',
  'passkey-refused': 'ask for new options and answer them within five minutes',
  'passkey-known': 'choose another device',
  'too-many-factors': 'remove one first',
  'id-reused': 'send the same content, or another id',
};

export function factorProblem(code: keyof typeof FACTOR_PROBLEMS): Problem {
  return new Problem(code, FACTOR_PROBLEMS[code], DETAILS[code]);
}
