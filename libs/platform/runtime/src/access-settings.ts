import { oneOf, wholeNumber } from './setting-readers';

/** Comma-separated addresses or networks; Fastify reads them. */
function addresses(value: string | undefined): readonly string[] {
  const listed = (value ?? '').split(',').map((one) => one.trim());
  for (const one of listed)
    if (one !== '' && !/^[0-9a-f.:]+(?:\/\d{1,3})?$/i.test(one))
      throw new Error(`must be addresses or networks separated by commas, got « ${one} »`);
  return listed.filter((one) => one !== '');
}

/** How people sign in. */
export const ACCESS_SETTINGS = {
  maxFailedLogins: {
    variable: 'MAX_FAILED_LOGINS',
    meaning: 'failures in a row after which an account is locked (AUTH-11)',
    shownDefault: '3',
    read: wholeNumber(3, 1, 100),
  },
  passwordMaxAgeDays: {
    variable: 'PASSWORD_MAX_AGE_DAYS',
    meaning: 'days after which a password must be renewed (AUTH-07)',
    shownDefault: '90',
    read: wholeNumber(90, 1, 3650),
  },
  passwordRotationWithSecondFactor: {
    variable: 'PASSWORD_ROTATION_WITH_SECOND_FACTOR',
    meaning: 'whether users with a second factor must renew their password as well',
    shownDefault: 'yes',
    read: (value: string | undefined) => oneOf('yes', ['yes', 'no'] as const)(value) === 'yes',
  },
  demoTree: {
    variable: 'DEMO_TREE',
    meaning: 'whether the first start of everything in one process makes a small tree with users',
    shownDefault: 'yes when NODE_ENV is development, else no',
    read: (
      value: string | undefined,
      environment: Readonly<Record<string, string | undefined>>,
    ) => {
      const isDevelopment = (environment['NODE_ENV'] ?? 'development') === 'development';
      return oneOf(isDevelopment ? 'yes' : 'no', ['yes', 'no'] as const)(value) === 'yes';
    },
  },
  firstAccountToken: {
    variable: 'FIRST_ACCOUNT_TOKEN',
    meaning:
      'secret of at least 32 characters with which the first support account chooses its password',
    shownDefault: '(none: no account is made)',
    read: (value: string | undefined) => {
      if (value !== undefined && value.length < 32)
        throw new Error('must be at least 32 characters');
      return value ?? null;
    },
  },
  trustedProxies: {
    variable: 'TRUSTED_PROXIES',
    meaning: 'addresses or networks of proxies whose X-Forwarded-For is believed',
    shownDefault: '(none)',
    read: addresses,
  },
} as const;
